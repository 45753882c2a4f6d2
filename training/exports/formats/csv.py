"""CSV as RFC 4180 has it: UTF-8, a header, texts in quotes, nothing at all where there is no value; lines end with LF.

A text of other people's that a spreadsheet would take for a formula gets an apostrophe in front, as in manage.py predict.
Parquet and JSON Lines hold it as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from training.exports.columns import Column, schema_of
from training.exports.formats.form import Piece
from training.exports.formats.tabular import Tabular, concatenated
from training.exports.scope import Scope
from training.exports.tables import TABLES

FIRST = pa.array([b"=", b"+", b"-", b"@", b"\t", b"\r"])
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
FOREIGN = {column.name for table in TABLES.values() for column in table.columns if column.foreign}


class Csv(Tabular):
    name = "csv"

    def write(self, piece: Piece, out: BinaryIO) -> None:
        pyarrow.csv.write_csv(harmless(piece.content), out, pyarrow.csv.WriteOptions(include_header=False))

    def join(self, parts: Iterable[BinaryIO], out: BinaryIO, scope: Scope, kind: str) -> None:
        out.write(_header(TABLES[kind].columns))
        concatenated(parts, out)


def _header(columns: Iterable[Column]) -> bytes:
    written = pa.BufferOutputStream()
    pyarrow.csv.write_csv(schema_of(columns).empty_table(), written)
    return bytes(written.getvalue())


def harmless(rows: pa.Table) -> pa.Table:
    """The rows with an apostrophe before each foreign text that looks like a formula and is no number."""
    for place, name in enumerate(rows.column_names):
        if name in FOREIGN and pa.types.is_string(rows.schema.field(place).type):
            rows = rows.set_column(place, name, _harmless(rows[name]))
    return rows


def _harmless(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    suspect = pc.is_in(pc.binary_slice(texts.cast(pa.binary()), 0, 1), FIRST)
    if not pc.any(suspect).as_py():
        return texts
    formula = pc.and_(suspect, pc.invert(pc.fill_null(pc.match_substring_regex(texts, NUMBER), False)))
    return pc.if_else(formula, pc.binary_join_element_wise("'", texts, ""), texts)
