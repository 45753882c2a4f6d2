"""Reference labels: what the project holds to be true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from labeling.models import ReferenceLabel
from training.exports.arrow import UUID, shaped, table_of
from training.exports.columns import FINDING, FLAG, IMAGE, MOMENT, NUMBER, TEXT, WHOLE, Column, schema_of
from training.exports.provenance import with_finding, with_image
from training.exports.said import words
from training.exports.scope import EXPOSURE, ORIGIN, Scope
from training.exports.tables.table import Chunk, Key, last_key

FIELDS = {
    "id": WHOLE,
    "image_id": UUID,
    "finding_id": WHOLE,
    "value": NUMBER,
    "exposure": TEXT,
    "origin": TEXT,
    "method": TEXT,
    "readers": WHOLE,
    "agreement": NUMBER,
    "disputed": FLAG,
    "independent": FLAG,
    "updated_at": MOMENT,
}
COLUMNS = (
    Column("label", WHOLE),
    *IMAGE,
    *FINDING,
    Column("value", foreign=True),
    Column("number", NUMBER),
    Column("exposure"),
    Column("origin"),
    Column("method"),
    Column("readers", WHOLE),
    Column("agreement", NUMBER),
    Column("disputed", FLAG),
    Column("independent", FLAG),
    Column("updated_at", MOMENT),
)


@dataclass(frozen=True)
class Labels:
    name: str = "labels"
    columns: Sequence[Column] = COLUMNS
    sources: int = 1

    def chunk(self, scope: Scope, after: Key, size: int) -> Chunk | None:
        labels = ReferenceLabel.objects.filter(finding__in=list(scope.findings)).filter(
            scope.having(**{EXPOSURE: "exposure", ORIGIN: "origin"}), scope.of_images()
        )
        rows = table_of(labels.filter(pk__gt=after.row).order_by("pk")[:size], FIELDS)
        if not rows.num_rows:
            return None
        key = last_key(rows)
        images = labels.filter(pk__gt=after.row, pk__lte=key.row).values("image")
        rows = rows.rename_columns({"id": "label", "image_id": "image", "value": "number"})
        rows = with_finding(with_image(rows, scope.project, images), scope)
        rows = rows.append_column("value", words(rows, scope.findings))
        return Chunk(shaped(rows, (column.name for column in COLUMNS), schema_of(COLUMNS)), key)


LABELS = Labels()
