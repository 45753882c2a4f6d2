"""An import beside its files: what changed, what is new, what is gone, what is refused."""

import json
from collections import Counter
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from labeling.models import ReferenceLabel
from overread.audit.models import Event
from overread.projects.models import Project
from tests.training.pictures import table
from training.management.commands.imported_datasets import opened_again
from training.models import DatasetImport
from training.services.comparing import Comparison, data_set_compare

pytestmark = pytest.mark.django_db
OPTIONS = {"image_column": "file", "patient_column": "patient_id", "label_column": ["nodule"]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A table of six images that was imported; of a seventh there is no file."""
    path = table(tmp_path, 6)
    path.write_text(path.read_text() + "later.png,P9,1\n")
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_dataset", "table", csv=path, project="pack", **OPTIONS)
    return path


def compared(path: Path) -> Comparison:
    dataset = DatasetImport.objects.get()
    return data_set_compare(dataset, opened_again(dataset, None, path, None))


def rows(path: Path) -> list[str]:
    return path.read_text().split()


def test_the_same_files_are_the_same(path: Path) -> None:
    told = compared(path)
    assert told.counts == Counter(same=6, refused=1) and not told.differs
    assert not told.answers and told.examples["refused"][0].reason.startswith("There is no file later.png")


def test_a_changed_answer_is_told_with_what_is_stored(path: Path) -> None:
    lines = rows(path)
    flipped = str(1 - int(lines[1][-1]))
    path.write_text("\n".join([lines[0], lines[1][:-1] + flipped, *lines[2:]]))
    told = compared(path)
    assert told.counts == Counter(same=5, changed=1, refused=1) and told.differs
    (answer,) = told.answers
    assert (answer.file, answer.finding) == ("0.png", "nodule")
    assert {answer.stored, answer.now} == {"present", "absent"}
    assert answer.now == ("present" if flipped == "1" else "absent")


def test_an_answer_that_is_no_longer_given_is_a_change(path: Path) -> None:
    lines = rows(path)
    path.write_text("\n".join([lines[0], lines[1][:-1], *lines[2:]]))
    (answer,) = compared(path).answers
    assert answer.stored in ("present", "absent") and answer.now == ""


def test_rows_in_another_order_are_the_same(path: Path) -> None:
    lines = rows(path)
    path.write_text("\n".join([lines[0], *reversed(lines[1:])]))
    assert not compared(path).differs


def test_new_gone_mended_and_broken_rows_are_told_apart(path: Path) -> None:
    picture = (path.parent / "1.png").read_bytes()
    (path.parent / "later.png").write_bytes(picture)
    (path.parent / "new.png").write_bytes(picture)
    (path.parent / "2.png").unlink()
    header, first, *others = rows(path)
    path.write_text("\n".join([header, *others, "new.png,P10,0"]))
    told = compared(path)
    assert told.counts == Counter(same=4, new=1, gone=1, mended=1, broken=1)
    assert [place.file for kind in ("gone", "new", "mended", "broken") for place in told.examples[kind]] == [
        *("0.png", "new.png", "later.png", "2.png")
    ]


def test_another_file_under_the_same_name_is_told(path: Path) -> None:
    (path.parent / "0.png").write_bytes((path.parent / "1.png").read_bytes())
    assert compared(path).counts == Counter(same=5, other_file=1, refused=1)


def test_two_files_of_one_image_that_say_different_things_are_the_same_as_before(tmp_path: Path) -> None:
    path = table(tmp_path, 2)
    (tmp_path / "copy.png").write_bytes((tmp_path / "0.png").read_bytes())
    path.write_text("file,patient_id,nodule,mass\n0.png,P0,1,\ncopy.png,P0,,0\n1.png,P1,0,1\n")
    call_command(
        "import_dataset", "table", csv=path, project="pack", **(OPTIONS | {"label_column": ["nodule", "mass"]})
    )
    assert compared(path).counts == Counter(same=3)


def test_comparing_stores_nothing(path: Path) -> None:
    before = (Event.objects.count(), ReferenceLabel.objects.count())
    compared(path)
    assert (Event.objects.count(), ReferenceLabel.objects.count()) == before


def test_the_command_lists_imports(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    call_command("imported_datasets", project="pack")
    assert "6 images       1 refused  labels.csv" in capsys.readouterr().out
    call_command("imported_datasets", project="pack", json=True)
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["name"], told["taken"], told["refused"], told["withdrawn"]) == ("labels.csv", 6, 1, None)


def test_the_command_compares_and_says_by_its_exit_status_that_files_differ(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("imported_datasets", project="pack", compare="labels.csv", csv=path)
    assert "6 images the same" in capsys.readouterr().out
    (path.parent / "0.png").unlink()
    with pytest.raises(CommandError, match="differ from the import") as raised:
        call_command("imported_datasets", project="pack", compare="labels.csv", csv=path, json=True)
    assert raised.value.returncode == 2
    assert json.loads(capsys.readouterr().out)["counts"]["broken"] == 1


def test_the_command_withdraws_and_derives_the_labels_itself(path: Path) -> None:
    dataset = DatasetImport.objects.get()
    assert ReferenceLabel.objects.count() == 6
    call_command("imported_datasets", project="pack", withdraw=str(dataset.pk), reason="Another reader.")
    assert not ReferenceLabel.objects.exists()
    with pytest.raises(CommandError, match="withdrawn before"):
        call_command("imported_datasets", project="pack", withdraw=str(dataset.pk), reason="Again.")


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"project": "nothing"}, "no project 'nothing'"),
        ({"compare": "other"}, "imported no 'other'"),
        ({"compare": "labels.csv"}, "Name the data set's folder"),
        ({"compare": "labels.csv", "folder": Path("nowhere")}, "no folder nowhere"),
        ({"withdraw": "labels.csv"}, "Say why"),
    ],
)
def test_what_the_command_cannot_do_it_says(path: Path, options: dict[str, object], why: str) -> None:
    with pytest.raises(CommandError, match=why) as raised:
        call_command("imported_datasets", **({"project": "pack"} | options))
    assert raised.value.returncode == 1 and Project.objects.filter(slug="pack").exists()
