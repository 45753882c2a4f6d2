"""Regions: boxes and polygons, first those that readers drew, then those that came with data sets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from labeling.models import ImportedRegion, Read, Region
from training.exports.arrow import UUID, shaped, table_of
from training.exports.columns import FINDING, IMAGE, MOMENT, NUMBER, TEXT, WHOLE, Column, schema_of
from training.exports.provenance import with_finding, with_image
from training.exports.reading import COLUMNS as OF_READ
from training.exports.reading import with_read
from training.exports.scope import EXPOSURE, ORIGIN, Scope
from training.exports.tables.table import Chunk, Key, last_key

DRAWN = {"id": WHOLE, "read_id": UUID, "finding_id": WHOLE, "kind": TEXT, "points": TEXT, "frame": WHOLE}
IMPORTED = {
    "id": WHOLE,
    "image_id": UUID,
    "finding_id": WHOLE,
    "kind": TEXT,
    "points": TEXT,
    "frame": WHOLE,
    "reader": TEXT,
    "source__name": TEXT,
    "source__exposure": TEXT,
    "source__created_at": MOMENT,
}
COLUMNS = (
    Column("region", WHOLE),
    *IMAGE,
    *FINDING,
    Column("shape"),
    Column("points"),
    Column("x", NUMBER),
    Column("y", NUMBER),
    Column("width", NUMBER),
    Column("height", NUMBER),
    Column("frame", WHOLE),
    Column("exposure"),
    Column("origin"),
    Column("label_import", foreign=True),
    *OF_READ,
)


def box_of(points: Sequence[Sequence[float]]) -> tuple[float, float, float, float]:
    """Left, top, width and height of what encloses the points."""
    xs = [float(point[0]) for point in points]
    ys = [float(point[1]) for point in points]
    return min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)


@dataclass(frozen=True)
class Regions:
    name: str = "regions"
    columns: Sequence[Column] = COLUMNS
    sources: int = 2

    def chunk(self, scope: Scope, after: Key, size: int) -> Chunk | None:
        chunk = (_drawn, _imported)[after.source](scope, after, size)
        if chunk is None:
            return None
        rows = with_finding(_with_boxes(chunk.rows), scope)
        for column in COLUMNS:
            if column.name not in rows.column_names:
                rows = rows.append_column(column.name, pa.nulls(rows.num_rows, column.type))
        return Chunk(shaped(rows, (column.name for column in COLUMNS), schema_of(COLUMNS)), chunk.key)


def _drawn(scope: Scope, after: Key, size: int) -> Chunk | None:
    if scope.values(ORIGIN) and "read" not in scope.values(ORIGIN):
        return None
    regions = Region.objects.filter(finding__in=list(scope.findings)).filter(scope.of_images("read__image"))
    rows = table_of(regions.filter(pk__gt=after.row).order_by("pk")[:size], DRAWN)
    if not rows.num_rows:
        return None
    key = last_key(rows)
    reads = regions.filter(pk__gt=after.row, pk__lte=key.row).values("read")
    rows = with_read(rows.rename_columns({"id": "region", "read_id": "read", "kind": "shape"}), scope, reads)
    rows = with_image(rows, scope.project, Read.objects.filter(pk__in=reads).values("image"))
    return Chunk(rows.append_column("origin", _same("read", rows)), key)


def _imported(scope: Scope, after: Key, size: int) -> Chunk | None:
    if scope.values(ORIGIN) and "imported" not in scope.values(ORIGIN):
        return None
    regions = ImportedRegion.objects.filter(finding__in=list(scope.findings), source__withdrawal=None).filter(
        scope.having(**{EXPOSURE: "source__exposure"}), scope.of_images()
    )
    rows = table_of(regions.filter(pk__gt=after.row).order_by("pk")[:size], IMPORTED)
    if not rows.num_rows:
        return None
    key = last_key(rows, after.source)
    images = regions.filter(pk__gt=after.row, pk__lte=key.row).values("image")
    names = {"id": "region", "image_id": "image", "kind": "shape", "source__name": "label_import"}
    rows = rows.rename_columns({**names, "source__exposure": "exposure", "source__created_at": "created_at"})
    rows = with_image(rows, scope.project, images)
    return Chunk(rows.append_column("origin", _same("imported", rows)), key)


def _same(text: str, rows: pa.Table) -> pa.Array:
    return pa.array([text] * rows.num_rows, TEXT)


def _with_boxes(rows: pa.Table) -> pa.Table:
    boxes = [box_of(json.loads(points)) for points in rows["points"].to_pylist()]
    for place, name in enumerate(("x", "y", "width", "height")):
        rows = rows.append_column(name, pa.array([box[place] for box in boxes], NUMBER))
    return rows


REGIONS = Regions()
