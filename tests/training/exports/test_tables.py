"""Tables out: every row, typed, with where it came from."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from labeling.models import ImportedRegion, LabelWithdrawal, ReferenceLabel, Region
from labeling.services import label_import_open, labels_import
from labeling.services.selection import queue_fill
from overread.archive.files import DurableFiles
from overread.projects.models import Project
from tests.factories import AGE, EFFUSION, GRADE, make_champion, make_image, make_project, make_read
from training.exports.columns import schema_of
from training.exports.parts import Parts
from training.exports.scope import Scope
from training.exports.tables import TABLES
from training.exports.tables import labels as labels_table
from training.exports.writing import NotExported, Plan, export_write
from training.models import DatasetImport, DatasetRow


def written(project: Project, kind: str, format: str, folder: Path, **filters: list[str]) -> bytes:
    plan = Plan(Scope(project, filters), kind, format)
    plan.check()
    out = io.BytesIO()
    export_write(plan, Parts(DurableFiles(location=folder), uuid4().hex), out, lambda rows: None)
    return out.getvalue()


def rows_of(project: Project, kind: str, folder: Path, **filters: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written(project, kind, "jsonl", folder, **filters).splitlines()]


def make_source(project: Project, image: Any, file: str = "a/b.png", **fields: Any) -> DatasetRow:
    dataset, _ = DatasetImport.objects.get_or_create(project=project, sha256="1" * 64, defaults={"name": "Set one"})
    facts = {"number": 7, "file_sha256": "2" * 64, "split": "train"} | fields
    return DatasetRow.objects.create(dataset=dataset, image=image, file=file, **facts)


@pytest.fixture
def labelled(db: None) -> Project:
    """One image with a label of each kind, imported; a measurement that is not assessable."""
    project = make_project(findings=(EFFUSION, GRADE, AGE))
    image = make_image(project, patient="somebody")
    source = label_import_open(project=project, name="t", sha256="0" * 64, declaration="Made.", independent=True)
    labels_import(source=source, labels=[(image, {"effusion": "present", "grade": "II", "age": "12.5"})])
    make_source(project, image, lines=[7, 9])
    return project


def test_a_label_says_what_it_is_and_where_it_came_from(labelled: Project, tmp_path: Path) -> None:
    rows = {row["finding"]: row for row in rows_of(labelled, "labels", tmp_path)}
    said = {slug: (row["kind"], row["value"], row["number"], row["unit"]) for slug, row in rows.items()}
    assert said == {
        "effusion": ("binary", "present", 1.0, None),
        "grade": ("categorical", "II", 1.0, None),
        "age": ("measurement", "12.5", 12.5, "months"),
    }
    row = rows["effusion"]
    image = ReferenceLabel.objects.filter(project=labelled).select_related("image__study__patient")[0].image
    assert (row["image"], row["sha256"], row["patient"]) == (str(image.pk), image.sha256, image.patient.pseudonym)
    assert (row["file"], row["line"], row["lines"]) == ("a/b.png", 7, "7 9")
    assert (row["file_sha256"], row["data_set"], row["source_split"]) == ("2" * 64, "Set one", "train")
    assert (row["origin"], row["exposure"], row["independent"], row["disputed"]) == ("imported", "none", True, False)
    assert row["updated_at"].endswith("Z")


def test_what_is_not_known_is_null_and_never_absent(labelled: Project, tmp_path: Path) -> None:
    labels = ReferenceLabel.objects.filter(project=labelled)
    labels.filter(finding__slug="effusion").update(value=None, disputed=True)
    labels.filter(finding__slug="grade").update(value=None)
    said = {row["finding"]: (row["value"], row["number"]) for row in rows_of(labelled, "labels", tmp_path)}
    assert said["effusion"] == (None, None)
    assert said["grade"] == ("not_assessable", None)


@pytest.mark.parametrize("kind", TABLES)
def test_an_empty_table_keeps_its_columns(kind: str, project: Project, tmp_path: Path) -> None:
    table = pyarrow.parquet.read_table(io.BytesIO(written(project, kind, "parquet", tmp_path)))
    assert table.schema.equals(schema_of(TABLES[kind].columns)) and table.num_rows == 0
    header = written(project, kind, "csv", tmp_path).decode()
    assert header.count("\n") == 1 and header.startswith(f'"{TABLES[kind].columns[0].name}"')


def test_whole_numbers_with_nulls_stay_whole_in_parquet(labelled: Project, tmp_path: Path) -> None:
    make_image(labelled)
    DatasetRow.objects.all().delete()
    table = pyarrow.parquet.read_table(io.BytesIO(written(labelled, "labels", "parquet", tmp_path)))
    assert table.schema.field("line").type == pa.int64() and table["line"].null_count == 3
    assert str(table.schema.field("updated_at").type) == "timestamp[us, tz=UTC]"


def test_csv_reads_back_as_parquet_has_it(labelled: Project, tmp_path: Path) -> None:
    schema = schema_of(TABLES["labels"].columns)
    parquet = pyarrow.parquet.read_table(io.BytesIO(written(labelled, "labels", "parquet", tmp_path)))
    options = pyarrow.csv.ConvertOptions(
        column_types=schema, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    read = pyarrow.csv.read_csv(io.BytesIO(written(labelled, "labels", "csv", tmp_path)), convert_options=options)
    assert read.equals(parquet)


@pytest.fixture
def read_once(project: Project, reader: Any) -> Any:
    make_image(project)
    queue_fill(project=project)
    return make_read(project, reader, "present")


def test_a_read_is_a_row_for_each_answer(project: Project, read_once: Any, tmp_path: Path) -> None:
    rows = rows_of(project, "reads", tmp_path)
    assert {(row["finding"], row["value"], row["number"]) for row in rows} == {
        ("effusion", "present", 1.0),
        ("nodule", "present", 1.0),
    }
    row = rows[0]
    assert (row["read"], row["reader"], row["phase"]) == (str(read_once.pk), "Reader", read_once.phase)
    assert (row["purpose"], row["superseded"], row["model"]) == (read_once.assignment.purpose, False, None)


def test_a_comment_keeps_its_lines_and_quotes_and_is_no_formula(project: Project, reader: Any, tmp_path: Path) -> None:
    from labeling.services import assignment_claim, read_submit
    from tests.factories import answers

    make_image(project)
    queue_fill(project=project)
    assignment = assignment_claim(project=project, reader=reader)
    comment = '=cmd|"x"!A1,\n"ä" and more'
    read_submit(assignment=assignment, reader=reader, answers=answers(project, comment=comment), key=uuid4())
    assert rows_of(project, "reads", tmp_path)[0]["comment"] == comment
    import csv

    told = list(csv.DictReader(io.StringIO(written(project, "reads", "csv", tmp_path).decode(), newline="")))
    assert told[0]["comment"] == f"'{comment}" and len(told) == 2


def test_regions_are_drawn_or_imported_and_those_withdrawn_are_left_out(
    project: Project, read_once: Any, tmp_path: Path
) -> None:
    finding = project.findings.get(slug="nodule")
    Region.objects.create(read=read_once, finding=finding, kind="polygon", points=[[1, 2], [5, 2], [5, 8.5]])
    sources = []
    for number in range(2):
        source = label_import_open(project=project, name=f"s{number}", sha256=f"{number}" * 64, declaration="Made.")
        box = {"kind": "box", "points": [[3, 4], [10, 20]], "frame": 0, "reader": "R1"}
        ImportedRegion.objects.create(source=source, image=read_once.image, finding=finding, **box)
        sources.append(source)
    LabelWithdrawal.objects.create(source=sources[0], reason="Wrong.")
    drawn, imported = rows_of(project, "regions", tmp_path)
    assert (drawn["origin"], drawn["shape"], drawn["reader"]) == ("read", "polygon", "Reader")
    assert [drawn[name] for name in ("x", "y", "width", "height")] == [1, 2, 4, 6.5]
    assert (imported["origin"], imported["label_import"], imported["reader"]) == ("imported", "s1", "R1")
    assert json.loads(imported["points"]) == [[3, 4], [10, 20]] and imported["read"] is None


def test_scores_are_those_of_the_model_in_use(project: Project, tmp_path: Path) -> None:
    image = make_image(project)
    assert rows_of(project, "scores", tmp_path) == []
    pipeline = make_champion(project)
    rows = rows_of(project, "scores", tmp_path)
    assert {(row["image"], row["finding"], row["model"]) for row in rows} == {
        (str(image.pk), slug, pipeline.number) for slug in ("effusion", "nodule")
    }
    assert all(0 < row["probability"] < 1 and row["threshold"] == 0.5 for row in rows)


def test_chunks_leave_nothing_out_and_repeat_nothing(labelled: Project) -> None:
    scope, keys, after = Scope(labelled), [], labels_table.Key()
    while chunk := TABLES["labels"].chunk(scope, after, 2):
        keys += chunk.rows["label"].to_pylist()
        after = chunk.key
    assert keys == sorted(ReferenceLabel.objects.filter(project=labelled).values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"finding": ["grade"]}, 1),
        ({"origin": ["read"]}, 0),
        ({"status": ["ready"], "labels": ["yes"]}, 3),
        ({"set": ["yes", "no"]}, 3),
        ({"view": ["PA"]}, 0),
        ({"view": ["none"]}, 3),
        ({"case": ["PX-"]}, 3),
    ],
)
def test_filters_are_those_of_the_data_room(labelled: Project, filters: Any, count: int, tmp_path: Path) -> None:
    assert len(rows_of(labelled, "labels", tmp_path, **filters)) == count


@pytest.mark.parametrize(
    "filters", [{"nonsense": ["1"]}, {"status": ["odd"]}, {"finding": ["none"]}, {"origin": ["x"]}, {"model": ["9"]}]
)
def test_a_filter_that_there_is_not_is_refused(project: Project, filters: Any) -> None:
    with pytest.raises(NotExported):
        Plan(Scope(project, filters), "labels", "csv").check()


def test_another_projects_rows_stay_where_they_are(labelled: Project, project: Project, tmp_path: Path) -> None:
    assert rows_of(project, "labels", tmp_path) == []


@pytest.mark.parametrize("kind", TABLES)
def test_a_project_without_findings_has_empty_tables(kind: str, project: Project, tmp_path: Path) -> None:
    make_image(project)
    project.findings.all().delete()
    assert rows_of(project, kind, tmp_path) == []


def test_scores_of_no_image_that_fits_are_none(project: Project, tmp_path: Path) -> None:
    make_image(project)
    make_champion(project)
    assert rows_of(project, "scores", tmp_path, view=["PA"]) == []
