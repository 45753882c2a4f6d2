"""Parquet: the columns with their types, also where there is no row; a row group for each part."""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet

from training.exports.columns import schema_of
from training.exports.formats.form import Piece
from training.exports.formats.tabular import Tabular
from training.exports.scope import Scope
from training.exports.tables import TABLES


class Parquet(Tabular):
    name = "parquet"

    def write(self, piece: Piece, out: BinaryIO) -> None:
        """A part is in Arrow's own form: a Parquet file cannot be gone on with, and to make it twice would take twice."""
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.ipc.new_stream(out, piece.content.schema, options=options) as stream:
            stream.write_table(piece.content)

    def join(self, parts: Iterable[BinaryIO], out: BinaryIO, scope: Scope, kind: str) -> None:
        schema = schema_of(TABLES[kind].columns)
        with pyarrow.parquet.ParquetWriter(out, schema, compression="zstd") as writer:
            for part in parts:
                writer.write_table(pa.ipc.open_stream(part).read_all())
