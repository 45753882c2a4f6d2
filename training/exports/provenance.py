"""Whose image it is and where it came from, for every row of a table."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db.models import QuerySet

from overread.archive.models import Image
from overread.projects.models import Project
from training.exports.arrow import UUID, looked_up, matched, table_of
from training.exports.columns import FLAG, IMAGE, TEXT, WHOLE
from training.exports.scope import Scope
from training.models import DatasetRow

FACTS = {"id": UUID, "study__patient__pseudonym": TEXT, "study__patient__reference": FLAG, "sha256": TEXT}
ROW = {
    "image_id": UUID,
    "number": WHOLE,
    "lines": TEXT,
    "file": TEXT,
    "file_sha256": TEXT,
    "split": TEXT,
    "dataset__name": TEXT,
}


def with_image(rows: pa.Table, project: Project, images: QuerySet[Any, Any]) -> pa.Table:
    """The rows with the columns of IMAGE, by their `image`; `images` are the keys of them all.

    Of an image that several data sets have, the first one to have it counts.
    """
    facts = table_of(Image.objects.filter(pk__in=images), FACTS)
    names = {"study__patient__pseudonym": "patient", "study__patient__reference": "reference_set", "sha256": "sha256"}
    rows = matched(rows, "image", facts, names)
    entries = DatasetRow.objects.filter(dataset__project=project, image__in=images).order_by("pk")
    sources = table_of(entries, ROW)
    names = {"file": "file", "number": "line", "lines": "lines", "file_sha256": "file_sha256"}
    rows = matched(rows, "image", sources, {**names, "dataset__name": "data_set", "split": "source_split"})
    for name in ("file", "file_sha256", "source_split"):
        rows = _replaced(rows, name, _given(rows[name]))
    return _replaced(rows, "lines", _given(pc.replace_substring_regex(rows["lines"], r"[\[\],]", "")))


def _given(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Null in place of an empty text."""
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _replaced(rows: pa.Table, name: str, column: pa.ChunkedArray) -> pa.Table:
    return rows.set_column(rows.schema.get_field_index(name), name, column)


def with_finding(rows: pa.Table, scope: Scope) -> pa.Table:
    """The rows with the columns of FINDING, by their `finding_id`."""
    findings = scope.findings
    for name, field in (("finding", "slug"), ("finding_name", "name"), ("kind", "kind"), ("unit", "unit")):
        said = {pk: getattr(finding, field) or None for pk, finding in findings.items()}
        rows = rows.append_column(name, looked_up(rows["finding_id"], said, TEXT))
    return rows


IMAGE_NAMES = [column.name for column in IMAGE]
