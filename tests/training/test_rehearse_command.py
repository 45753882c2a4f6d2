"""`manage.py rehearse`: what it prints, and what it leaves where something is wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from overread.accounts.models import User
from overread.projects.models import Project
from tests.training.pictures import table
from training.models import Rehearsal


def test_a_rehearsal_prints_its_curve(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rehearse", csv=table(tmp_path, 48), rounds=2, per_round=16, readers=2, error_rate=0.1, strategy="margin",
                 set=["size=16", "epochs=1", "threads=1"], json=True)  # fmt: skip
    curve = json.loads(capsys.readouterr().out.strip().splitlines()[-1])["curve"]
    assert [point["labels"] for point in curve] == [16, 32]
    assert curve[-1]["macro_auroc"] is not None


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"strategy": "nonsense"}, "There is no such strategy"),
        ({"strategy": "nowhere.at:all"}, "not in a library"),
        ({"strategy": "modAL.nowhere:all"}, "modAL.nowhere:all"),
        ({"strategy": "skactiveml.pool:QueryByCommittee"}, "QueryByCommittee"),
        ({"retrain_every": -1}, "0 or more, not -1"),
        ({"set": ["epochs=x"]}, "epochs"),
        ({"audit_share": 3.0}, "less than or equal to 1"),
        ({"readers": 0}, "one reader at least"),
        ({"seed": -1}, "a seed of 0 or more"),
    ],
)
def test_a_rehearsal_that_makes_no_sense_is_told_in_a_line_and_leaves_nothing(
    db: None, tmp_path: Path, wrong: dict[str, Any], words: str
) -> None:
    asked = {"csv": table(tmp_path, 4), "rounds": 1, "per_round": 2} | wrong
    with pytest.raises(CommandError, match=words):
        call_command("rehearse", **asked)
    assert not Project.objects.exists() and not User.objects.exists()


def test_a_rehearsal_ends_when_no_image_is_left(db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("rehearse", csv=table(tmp_path, 6), rounds=4, per_round=20, readers=1)
    assert "ended after 1 of 4 rounds" in capsys.readouterr().out
    assert len(Rehearsal.objects.get().curve) == 1


def test_a_rehearsal_that_takes_nothing_in_leaves_nothing(db: None, tmp_path: Path) -> None:
    path = table(tmp_path, 3)
    for picture in tmp_path.glob("*.png"):
        picture.write_bytes(b"no picture")
    with pytest.raises(CommandError, match="No image could be taken in"):
        call_command("rehearse", csv=path, rounds=1, per_round=2)
    assert not Project.objects.exists() and not User.objects.exists()


def test_a_rehearsal_that_fails_later_says_what_remains(
    db: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, 3)
    path.write_text(path.read_text().rsplit(",", 1)[0] + ",\n")  # the last row's truth is missing
    with pytest.raises(CommandError, match="truth of every finding"):
        call_command("rehearse", csv=path, rounds=1, per_round=2, label_column=["nodule"], project="short")
    assert "Project short remains" in capsys.readouterr().err and Project.objects.filter(slug="short").exists()
