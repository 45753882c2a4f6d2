"""manage.py doctor, where all is well and where something is not."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from overread.archive import dicom
from overread.archive.management.commands.doctor import confinement

pytestmark = pytest.mark.django_db


def told() -> tuple[list[str], str]:
    """The lines, and what it ended with."""
    out = StringIO()
    try:
        call_command("doctor", stdout=out)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


def test_each_line_says_how_it_is() -> None:
    lines, _ = told()
    assert [line.split()[0] for line in lines[:3]] == ["ok"] * 3
    assert "database answers" in lines[0] and "broker answers" in lines[1] and "can be written" in lines[2]
    with dicom.Reader() as reader:
        left = reader.freedoms()
    assert [line.startswith("warning") for line in lines[3:]] == [
        name in left for name in ("network", "processes", "files")
    ]


def test_a_child_that_is_not_confined_is_told() -> None:
    """On a kernel that has neither lock the child runs all the same."""
    said = list(confinement(["network", "files"]))
    assert [fine for fine, _ in said] == [False, True, False] and "Landlock" in said[2][1]


def test_files_that_cannot_be_written_are_told(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "full").write_text("no folder")
    place = {"BACKEND": "overread.archive.files.DurableFiles", "OPTIONS": {"location": tmp_path / "full"}}
    settings.STORAGES = {**settings.STORAGES, "default": place}
    lines, end = told()
    assert lines[2].startswith("warning") and "Files cannot be written" in lines[2] and "warnings" in end


@pytest.mark.parametrize("program", ["/bin/false", "/no/such/program"])
def test_a_child_that_does_not_start_is_told(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr(sys, "executable", program)
    lines, end = told()
    assert len(lines) == 4 and lines[3].startswith("warning") and "does not start" in lines[3]
    assert end == "1 of 4 lines are warnings."
