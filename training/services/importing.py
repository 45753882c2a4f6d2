"""Taking in a table of images and labels: row by row, each bad row with its reason, and on from where it stopped."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from django.db import transaction

from labeling.models import ImportedLabel, LabelImport
from labeling.services import label_import_open, labels_import
from overread.accounts.models import User
from overread.archive.dicom import Refused
from overread.archive.models import Image
from overread.archive.services import image_ingest
from overread.projects.models import Project
from overread.projects.services import project_create
from training.models import DatasetImport, DatasetRow
from training.services.tables import TableError, columns_of, findings_from_labels, labels_of

BATCH = 50
csv.field_size_limit(2**24)  # characters in a cell
LONGEST_INDICATION = 200  # characters
UNDECLARED = "Imported without a declaration of how the labels came to be."


@dataclass(frozen=True)
class TableFormat:
    """How a table is read: its columns, and what is declared of its labels."""

    image_column: str
    patient_column: str = ""
    label_columns: tuple[str, ...] = ()
    separator: str = "|"
    unit: str = ""
    declaration: str = UNDECLARED
    independent: bool = False
    exposed: bool = False
    indication_column: str = ""

    def __post_init__(self) -> None:
        if not self.separator:
            raise TableError("The separator between several names in one cell cannot be empty.")


@dataclass
class ImportCounts:
    """What became of the rows so far."""

    rows: int = 0
    stored: int = 0
    known: int = 0
    labelled: int = 0
    refused: int = 0


class LabelTable:
    """A CSV file with a header, read as a stream. Raises TableError when it is none or lacks a column."""

    def __init__(self, path: Path, table_format: TableFormat) -> None:
        self.path, self.format = path, table_format
        self.needed = [
            table_format.image_column,
            *filter(None, (table_format.patient_column, table_format.indication_column)),
            *table_format.label_columns,
        ]
        with self._lines() as file:
            header = csv.DictReader(file).fieldnames or []
        if any(_garbled(name) for name in header):
            raise TableError("The table is not UTF-8 text. Save it as CSV in UTF-8.")
        if missing := [name for name in self.needed if name not in header]:
            raise TableError(f"The table has no column {', '.join(map(repr, missing))}; it has {', '.join(header)}.")

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        """(line of the file on which the row ends, row). Bytes that are no UTF-8 become lone surrogates."""
        with self._lines() as file:
            rows = csv.DictReader(file)
            try:
                for row in rows:
                    yield rows.line_num, row
            except csv.Error as error:
                raise TableError(f"Line {rows.line_num}: {error}.") from error

    def _lines(self) -> TextIO:
        return self.path.open(newline="", encoding="utf-8-sig", errors="surrogateescape")

    def length(self) -> int:
        return sum(1 for _ in self)

    def values(self) -> dict[str, set[str]]:
        """The distinct cells of each label column."""
        found: dict[str, set[str]] = {name: set() for name in self.format.label_columns}
        for _, row in self:
            for name, cells in found.items():
                if not _garbled(row[name] or ""):
                    cells.add(row[name] or "")
        return found

    def sha256(self) -> str:
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def _garbled(cell: str) -> bool:
    """Whether it holds what is no text: bytes that are no UTF-8, or a NUL."""
    try:
        return b"\0" in cell.encode()
    except UnicodeEncodeError:
        return True


def project_for_table(*, slug: str, table: LabelTable, actor: User | None = None) -> Project:
    """A new project whose findings are what the table's label columns say. Raises TableError."""
    specs = findings_from_labels(table.values(), separator=table.format.separator, unit=table.format.unit)
    if not specs:
        raise TableError("Name at least one --label-column, or make the project and its findings first.")
    return project_create(
        slug=slug, name=slug.replace("-", " ").capitalize(), modality="image", findings=specs, actor=actor
    )


def dataset_import(
    *,
    project: Project,
    table: LabelTable,
    actor: User | None = None,
    on_row: Callable[[ImportCounts], None] = lambda counts: None,
    on_refusal: Callable[[int, str], None] = lambda line, reason: None,
) -> ImportCounts:
    """Take in every row that is not in yet. A row that is refused keeps its reason and is tried again next time."""
    table_format, counts = table.format, ImportCounts()
    findings = {finding.slug: finding for finding in project.findings.all()}
    columns = columns_of(table_format.label_columns, findings, table.values(), table_format.separator)
    digest = table.sha256()
    source = _source(project, table, digest, actor) if columns else None
    key = hashlib.sha256(json.dumps([digest, _as_read(table_format)]).encode()).hexdigest()
    dataset, _ = DatasetImport.objects.get_or_create(
        project=project, sha256=key, defaults={"name": table.path.name, "labels": source}
    )
    done = set(DatasetRow.objects.filter(dataset=dataset, reason="").values_list("number", flat=True))
    batch: list[tuple[int, Image, dict[str, str]]] = []
    for line, row in table:
        counts.rows += 1
        if line in done:
            counts.known += 1
        else:
            try:
                _check_text(row, table.needed)
                labels = labels_of(row, columns, findings, table_format.separator)
                image = _image(project, table, row, actor, counts)
                _check_agrees(image, labels, source, batch)
                batch.append((line, image, labels))
            except (TableError, Refused, OSError) as problem:
                reason = reason_of(problem)
                DatasetRow.objects.update_or_create(dataset=dataset, number=line, defaults={"reason": reason})
                counts.refused += 1
                on_refusal(line, reason)
        if len(batch) >= BATCH:
            _keep(dataset, source, batch, counts)
        on_row(counts)
    _keep(dataset, source, batch, counts)
    on_row(counts)
    return counts


def _as_read(table_format: TableFormat) -> dict[str, Any]:
    """What tells one way to read a table from another. Where it has no indications it reads as before there were any."""
    told = asdict(table_format)
    if not table_format.indication_column:
        del told["indication_column"]
    return told


def _check_text(row: dict[str, str], needed: list[str]) -> None:
    """Raises TableError."""
    if wrong := [name for name in needed if _garbled(row[name] or "")]:
        raise TableError(f"Column {', '.join(map(repr, wrong))} holds what is not UTF-8 text.")


def _check_agrees(
    image: Image, labels: dict[str, str], source: LabelImport | None, batch: list[tuple[int, Image, dict[str, str]]]
) -> None:
    """Raises TableError where an earlier row of the table named the same image and said otherwise of it."""
    if source is None:
        return
    before = dict(ImportedLabel.objects.filter(source=source, image=image).values_list("finding__slug", "value"))
    for _, other, said in batch:
        before |= said if other == image else {}
    if wrong := [slug for slug, value in labels.items() if before.get(slug, value) != value]:
        raise TableError(f"The same image stands on an earlier line, which says otherwise of {', '.join(wrong)}.")


def reason_of(problem: Exception) -> str:
    if isinstance(problem, Refused):
        return problem.reason
    return f"The file cannot be read: {problem.strerror}." if isinstance(problem, OSError) else str(problem)


def _source(project: Project, table: LabelTable, digest: str, actor: User | None) -> LabelImport:
    table_format = table.format
    return label_import_open(
        project=project,
        name=table.path.name,
        sha256=digest,
        declaration=table_format.declaration,
        independent=table_format.independent,
        exposed=table_format.exposed,
        actor=actor,
    )


def _image(project: Project, table: LabelTable, row: dict[str, str], actor: User | None, counts: ImportCounts) -> Image:
    """Ingest the file a row names, which must lie below the table's folder. Raises TableError, Refused, OSError."""
    root = table.path.resolve().parent
    named = (row[table.format.image_column] or "").strip()
    path = (root / named).resolve()
    if not named or not path.is_relative_to(root):
        raise TableError(f"The image {named!r} does not lie below the table's folder.")
    patient = _cell(row, table.format.patient_column)
    indication = _cell(row, table.format.indication_column)
    _check_indication(indication, patient)
    ingested = image_ingest(
        project=project,
        content=path.read_bytes(),
        source="import",
        actor=actor,
        patient=patient,
        indication=indication,
    )
    counts.stored += ingested.enrolled
    counts.known += not ingested.enrolled
    return ingested.image


def _cell(row: dict[str, str], column: str) -> str:
    return (row[column] or "").strip() if column else ""


def _check_indication(indication: str, patient: str) -> None:
    """Raises TableError, which does not repeat what it refuses."""
    if len(indication) > LONGEST_INDICATION:
        raise TableError(f"The indication has more than {LONGEST_INDICATION} characters.")
    if not indication.isprintable():
        raise TableError("The indication holds a line break or another character that is no text.")
    if patient and patient.casefold() in re.findall(r"[\w-]+", indication.casefold()):
        raise TableError("The indication names the patient.")


@transaction.atomic
def _keep(
    dataset: DatasetImport,
    source: LabelImport | None,
    batch: list[tuple[int, Image, dict[str, str]]],
    counts: ImportCounts,
) -> None:
    """Store the labels of some rows together with the fact that these rows are done."""
    if source:
        counts.labelled += labels_import(
            source=source, labels=[(image, labels) for _, image, labels in batch if labels]
        )
    DatasetRow.objects.bulk_create(
        [DatasetRow(dataset=dataset, number=line, image=image, reason="") for line, image, _ in batch],
        update_conflicts=True,
        unique_fields=["dataset", "number"],
        update_fields=["image", "reason"],
    )
    batch.clear()
