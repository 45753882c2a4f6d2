"""Scoring files from the command line."""

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pyarrow import parquet

from overread.projects.models import Project
from tests.factories import make_pipeline, picture


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.png"
    path.write_bytes(picture(seed=1))
    return path


def test_a_table_is_written(project: Project, film: Path, tmp_path: Path) -> None:
    make_pipeline(project)
    (tmp_path / "torn.dcm").write_bytes(b"no picture")
    with pytest.raises(CommandError, match="1 of 2 files were refused") as refused:
        call_command("predict", str(tmp_path), project=project.slug, csv=tmp_path / "out.csv")
    assert refused.value.returncode == 2
    rows = list(csv.DictReader((tmp_path / "out.csv").open()))
    assert [(Path(row["file"]).name, bool(row["effusion"]), bool(row["refused"])) for row in rows] == [
        ("film.png", True, False),
        ("torn.dcm", False, True),
    ]


def test_parquet_holds_the_same_as_csv(project: Project, film: Path, tmp_path: Path) -> None:
    make_pipeline(project)
    for kind in ("csv", "parquet"):
        call_command("predict", str(film), project=project.slug, **{kind: tmp_path / f"out.{kind}"})
    (row,) = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    (text,) = csv.DictReader((tmp_path / "out.csv").open())
    assert row["effusion"] == pytest.approx(float(text["effusion"]), abs=1e-6)
    assert row["effusion_above"] is bool(int(text["effusion_above"]))
    assert (row["model"], row["verdict"], row["refused"]) == (1, None, None)


@pytest.mark.parametrize(
    ("models", "options", "words"),
    [
        (0, {}, "has no model yet. Train one first"),
        (2, {"model": 99}, "has no model 99; its newest is model 2."),
        (1, {"csv": Path("/no/such/folder/x.csv")}, "cannot be written"),
        (1, {"project": "nowhere"}, "There is no project 'nowhere'"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    project: Project, film: Path, models: int, options: dict[str, object], words: str
) -> None:
    for _ in range(models):
        make_pipeline(project)
    with pytest.raises(CommandError, match=words):
        call_command("predict", str(film), **{"project": project.slug, **options})
