"""The columns of the tables that are exported. docs/ml-engineer.md says what each holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

TEXT, WHOLE, NUMBER, FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()
MOMENT = pa.timestamp("us", "UTC")


@dataclass(frozen=True)
class Column:
    """`foreign`: its text is other people's, such as a file name or a comment, and may look like a formula."""

    name: str
    type: pa.DataType = TEXT
    foreign: bool = False


IMAGE = (
    Column("image"),
    Column("patient"),
    Column("reference_set", FLAG),
    Column("sha256"),
    Column("file", foreign=True),
    Column("line", WHOLE),
    Column("lines"),
    Column("file_sha256"),
    Column("data_set", foreign=True),
    Column("source_split"),
)
FINDING = (
    Column("finding"),
    Column("finding_name", foreign=True),
    Column("kind"),
    Column("unit", foreign=True),
)


def schema_of(columns: Iterable[Column]) -> pa.Schema:
    return pa.schema([pa.field(column.name, column.type) for column in columns])
