"""JSON Lines: an object a row, with every column; null where there is no value."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from training.exports.formats.form import Piece
from training.exports.formats.tabular import Tabular, concatenated
from training.exports.scope import Scope

BATCH = 5_000


class JsonLines(Tabular):
    name = "jsonl"

    def write(self, piece: Piece, out: BinaryIO) -> None:
        for batch in _plain(piece.content).to_batches(max_chunksize=BATCH):
            for row in batch.to_pylist():
                out.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")

    def join(self, parts: Iterable[BinaryIO], out: BinaryIO, scope: Scope, kind: str) -> None:
        concatenated(parts, out)


def _plain(rows: pa.Table) -> pa.Table:
    """Moments as texts (ISO 8601, UTC)."""
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type):
            rows = rows.set_column(place, field.name, pc.strftime(rows[field.name], "%Y-%m-%dT%H:%M:%SZ"))
    return rows
