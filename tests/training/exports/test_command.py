"""manage.py export_dataset."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from overread.archive.files import DurableFiles
from overread.projects.models import Project
from tests.api.rooms import make_labelled
from training.exports.parts import Part, Parts
from training.exports.scope import Scope
from training.exports.tables import TABLES, Key
from training.exports.writing import Plan


def export(project: Project, output: Path, *words: str) -> str:
    out = io.StringIO()
    call_command("export_dataset", "labels", "--project", project.slug, "--output", str(output), *words, stdout=out)
    return out.getvalue()


def test_it_writes_one_file_and_leaves_nothing_else(project: Project, tmp_path: Path) -> None:
    make_labelled(project)
    output = tmp_path / "labels.csv"
    assert "8 rows" in export(project, output)
    assert output.read_text().count("\n") == 9 and list(tmp_path.iterdir()) == [output]


def test_it_goes_on_from_the_last_part(project: Project, tmp_path: Path) -> None:
    make_labelled(project)
    whole, output = tmp_path / "whole.jsonl", tmp_path / "labels.jsonl"
    export(project, whole, "--format", "jsonl")
    plan = Plan(Scope(project), "labels", "jsonl")
    chunk = TABLES["labels"].chunk(plan.scope, Key(), 3)
    assert chunk is not None
    lines = whole.read_bytes().splitlines(keepends=True)
    parts = Parts(DurableFiles(location=tmp_path / "labels.jsonl.part"), plan.digest)
    marked = b"".join(lines[:3]).replace(b'"method":"imported"', b'"method":"KEPT"')
    parts.add(Part(1, 3, chunk.key), lambda out: out.write(marked) and None)
    assert "8 rows" in export(project, output, "--format", "jsonl")
    assert output.read_bytes() == marked + b"".join(lines[3:])


def test_what_another_export_left_is_not_gone_on_with(project: Project, tmp_path: Path) -> None:
    (tmp_path / "labels.csv.part" / "another").mkdir(parents=True)
    with pytest.raises(CommandError, match="another export"):
        export(project, tmp_path / "labels.csv")


def test_filters_narrow_and_unknown_ones_are_refused(project: Project, tmp_path: Path) -> None:
    make_labelled(project)
    assert "4 rows" in export(project, tmp_path / "one.csv", "--filter", "finding=nodule")
    with pytest.raises(CommandError, match="There are case, status"):
        export(project, tmp_path / "two.csv", "--filter", "nonsense=1")


def test_a_file_that_cannot_be_written_is_an_error(project: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="cannot be written"):
        export(project, tmp_path / "file" / "labels.csv")
