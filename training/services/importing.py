"""Importing a table of images and labels row by row. A refused row keeps its reason; an import resumes where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import transaction

from labeling.models import ImportedLabel, LabelImport
from labeling.services import label_import_open, labels_import
from overread.accounts.models import User
from overread.archive.dicom import Refused
from overread.archive.models import Image
from overread.archive.services import image_ingest
from overread.projects.models import Finding, Project
from overread.projects.services import project_create
from training.models import DatasetImport, DatasetRow
from training.services.label_table import LabelTable, TableFormat
from training.services.row_checks import check_indication, check_text, optional_cell, refusal_reason
from training.services.tables import Column, TableError, columns_of, findings_from_labels, labels_of

BATCH = 50  # rows committed together: few enough to redo after a crash, enough to be quick


@dataclass
class ImportCounts:
    """What became of the rows so far. `known`: imported earlier, or an image that the project holds already."""

    rows: int = 0
    stored: int = 0
    known: int = 0
    labelled: int = 0
    refused: int = 0


@dataclass(frozen=True)
class ImportedRow:
    """One row whose image is stored and whose labels are not yet."""

    line: int
    image: Image
    labels: dict[str, str]


@dataclass
class TableImport:
    """An import in progress. `batch` holds the rows that are not committed yet."""

    project: Project
    table: LabelTable
    dataset: DatasetImport
    columns: list[Column]
    findings: dict[str, Finding]
    source: LabelImport | None
    actor: User | None
    counts: ImportCounts = field(default_factory=ImportCounts)
    batch: list[ImportedRow] = field(default_factory=list)


def project_for_table(*, slug: str, table: LabelTable, actor: User | None = None) -> Project:
    """A new project whose findings are what the table's label columns say. Raises TableError."""
    specs = findings_from_labels(table.values(), separator=table.format.separator, unit=table.format.unit)
    if not specs:
        raise TableError("Name at least one --label-column, or make the project and its findings first.")
    name = slug.replace("-", " ").capitalize()
    return project_create(slug=slug, name=name, modality="image", findings=specs, actor=actor)


def dataset_import(
    *,
    project: Project,
    table: LabelTable,
    actor: User | None = None,
    on_row: Callable[[ImportCounts], None] = lambda counts: None,
    on_refusal: Callable[[int, str], None] = lambda line, reason: None,
) -> ImportCounts:
    """Import every row that is not in yet. A refused row keeps its reason and is tried again the next time."""
    importing = _open_import(project, table, actor)
    done = _lines_done(importing.dataset)
    for line, row in table:
        importing.counts.rows += 1
        if line in done:
            importing.counts.known += 1
        else:
            reason = _import_row(importing, line, row)
            if reason:
                on_refusal(line, reason)
        if len(importing.batch) >= BATCH:
            _commit(importing)
        on_row(importing.counts)
    _commit(importing)
    on_row(importing.counts)
    return importing.counts


def _open_import(project: Project, table: LabelTable, actor: User | None) -> TableImport:
    """Begin the import of this table, or go on with it."""
    findings = {finding.slug: finding for finding in project.findings.all()}
    columns = columns_of(table.format.label_columns, findings, table.values(), table.format.separator)
    digest = table.sha256()
    source = None
    if columns:
        source = _label_source(project, table, digest, actor)
    # The same file read another way is another import: its rows are not done yet.
    key = hashlib.sha256(json.dumps([digest, _stored_format(table.format)]).encode()).hexdigest()
    dataset, _ = DatasetImport.objects.get_or_create(
        project=project, sha256=key, defaults={"name": table.path.name, "labels": source}
    )
    return TableImport(project, table, dataset, columns, findings, source, actor)


def _lines_done(dataset: DatasetImport) -> set[int]:
    """The lines imported earlier. One that was refused is not among them, so that it is tried again."""
    return set(DatasetRow.objects.filter(dataset=dataset, reason="").values_list("number", flat=True))


def _import_row(importing: TableImport, line: int, row: dict[str, str]) -> str:
    """Store the row's image and add the row to the batch. Returns why it was refused, "" where it was not."""
    try:
        check_text(row, importing.table.needed)
        labels = labels_of(row, importing.columns, importing.findings, importing.table.format.separator)
        image = _store_image(importing, row)
        _check_agrees(importing, image, labels)
    except (TableError, Refused, OSError) as problem:
        reason = refusal_reason(problem)
        DatasetRow.objects.update_or_create(dataset=importing.dataset, number=line, defaults={"reason": reason})
        importing.counts.refused += 1
        return reason
    importing.batch.append(ImportedRow(line, image, labels))
    return ""


def _stored_format(table_format: TableFormat) -> dict[str, Any]:
    """The fields that tell one way of reading a table from another."""
    fields = asdict(table_format)
    # Imports made before there were indications have no such field in their hash, and must be found again.
    if not table_format.indication_column:
        del fields["indication_column"]
    return fields


def _check_agrees(importing: TableImport, image: Image, labels: dict[str, str]) -> None:
    """Raises TableError where an earlier row of the table labels the same image differently."""
    if importing.source is None:
        return
    stored = ImportedLabel.objects.filter(source=importing.source, image=image)
    earlier = dict(stored.values_list("finding__slug", "value"))
    # Rows of this batch are not in the database yet.
    for other in importing.batch:
        if other.image == image:
            earlier |= other.labels
    differing = [slug for slug, value in labels.items() if earlier.get(slug, value) != value]
    if differing:
        raise TableError(f"The same image stands on an earlier line, which says otherwise of {', '.join(differing)}.")


def _label_source(project: Project, table: LabelTable, digest: str, actor: User | None) -> LabelImport:
    return label_import_open(
        project=project,
        name=table.path.name,
        sha256=digest,
        declaration=table.format.declaration,
        independent=table.format.independent,
        exposed=table.format.exposed,
        actor=actor,
    )


def _store_image(importing: TableImport, row: dict[str, str]) -> Image:
    """Ingest the file that a row names, below the table's folder. Raises TableError, Refused, OSError."""
    root = importing.table.path.resolve().parent
    name = (row[importing.table.format.image_column] or "").strip()
    path = (root / name).resolve()
    # Resolved first, so that neither "../" nor a link leads to the server's other files.
    if not name or not path.is_relative_to(root):
        raise TableError(f"The image {name!r} does not lie below the table's folder.")
    patient = optional_cell(row, importing.table.format.patient_column)
    indication = optional_cell(row, importing.table.format.indication_column)
    check_indication(indication, patient)
    ingested = image_ingest(
        project=importing.project,
        content=path.read_bytes(),
        source="import",
        actor=importing.actor,
        patient=patient,
        indication=indication,
    )
    if ingested.enrolled:
        importing.counts.stored += 1
    else:
        importing.counts.known += 1
    return ingested.image


@transaction.atomic
def _commit(importing: TableImport) -> None:
    """Store the labels of the batch together with the fact that its rows are done: a crash loses both or neither."""
    if importing.source:
        labels = [(row.image, row.labels) for row in importing.batch if row.labels]
        importing.counts.labelled += labels_import(source=importing.source, labels=labels)
    DatasetRow.objects.bulk_create(
        [DatasetRow(dataset=importing.dataset, number=row.line, image=row.image, reason="") for row in importing.batch],
        update_conflicts=True,
        unique_fields=["dataset", "number"],
        update_fields=["image", "reason"],
    )
    importing.batch.clear()
