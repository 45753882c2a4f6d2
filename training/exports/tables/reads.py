"""Reads: a row for each answer of each reader, also of reads that were amended later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.models import Answer, Read
from training.exports.arrow import UUID, shaped, table_of
from training.exports.columns import FINDING, FLAG, IMAGE, NUMBER, TEXT, WHOLE, Column, schema_of
from training.exports.provenance import with_finding, with_image
from training.exports.reading import COLUMNS as OF_READ
from training.exports.reading import with_read
from training.exports.said import numbers
from training.exports.scope import EXPOSURE, ORIGIN, Scope
from training.exports.tables.table import Chunk, Key, last_key

FIELDS = {
    "id": WHOLE,
    "read_id": UUID,
    "finding_id": WHOLE,
    "value": TEXT,
    "exposure": TEXT,
    "origin": TEXT,
    "bulk": FLAG,
    "contradiction": TEXT,
}
COLUMNS = (
    Column("answer", WHOLE),
    *IMAGE,
    *FINDING,
    Column("value", foreign=True),
    Column("number", NUMBER),
    Column("exposure"),
    Column("origin"),
    Column("bulk", FLAG),
    Column("contradiction"),
    *OF_READ,
)


@dataclass(frozen=True)
class Reads:
    name: str = "reads"
    columns: Sequence[Column] = COLUMNS
    sources: int = 1

    def chunk(self, scope: Scope, after: Key, size: int) -> Chunk | None:
        answers = Answer.objects.filter(finding__in=list(scope.findings)).filter(
            scope.having(**{EXPOSURE: "exposure", ORIGIN: "origin"}), scope.of_images("read__image")
        )
        rows = table_of(answers.filter(pk__gt=after.row).order_by("pk")[:size], FIELDS)
        if not rows.num_rows:
            return None
        key = last_key(rows)
        reads = answers.filter(pk__gt=after.row, pk__lte=key.row).values("read")
        rows = with_read(rows.rename_columns({"id": "answer", "read_id": "read"}), scope, reads)
        images = Read.objects.filter(pk__in=reads).values("image")
        rows = with_finding(with_image(rows, scope.project, images), scope)
        rows = rows.append_column("number", numbers(rows, scope.findings))
        return Chunk(shaped(rows, (column.name for column in COLUMNS), schema_of(COLUMNS)), key)


READS = Reads()
