"""A table of images and labels as a stream of rows."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from training.services.tables import TableError

# Python's own limit is 131,072 characters a cell. A report may stand in one, and is no reason to refuse the table.
csv.field_size_limit(2**24)
UNDECLARED = "Imported without a declaration of how the labels came to be."


@dataclass(frozen=True)
class TableFormat:
    """How a table is read: its columns, and what is declared of its labels.

    The import is recognised by these fields (`DatasetImport.sha256`): they keep their names.
    """

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

    @property
    def needed_columns(self) -> list[str]:
        """Every column that the table must have."""
        optional = [self.patient_column, self.indication_column]
        return [self.image_column, *[name for name in optional if name], *self.label_columns]


class LabelTable:
    """A CSV file with a header, read as a stream. Raises TableError when it is none or lacks a column."""

    def __init__(self, path: Path, table_format: TableFormat) -> None:
        self.path = path
        self.format = table_format
        self.needed = table_format.needed_columns
        with self._open() as file:
            header = list(csv.DictReader(file).fieldnames or [])
        if any(is_garbled(name) for name in header):
            raise TableError("The table is not UTF-8 text. Save it as CSV in UTF-8.")
        missing = [name for name in self.needed if name not in header]
        if missing:
            raise TableError(f"The table has no column {', '.join(map(repr, missing))}; it has {', '.join(header)}.")

    def __iter__(self) -> Iterator[tuple[int, dict[str, str]]]:
        """(line of the file on which the row ends, row). Raises TableError naming the line of broken CSV."""
        with self._open() as file:
            rows = csv.DictReader(file)
            try:
                for row in rows:
                    yield rows.line_num, row
            except csv.Error as error:
                raise TableError(f"Line {rows.line_num}: {error}.") from error

    def length(self) -> int:
        """How many rows there are. Reads the whole file."""
        return sum(1 for _ in self)

    def values(self) -> dict[str, set[str]]:
        """The distinct cells of each label column. Reads the whole file; garbled cells are left out."""
        found: dict[str, set[str]] = {name: set() for name in self.format.label_columns}
        for _, row in self:
            for name, cells in found.items():
                cell = row[name] or ""
                if not is_garbled(cell):
                    cells.add(cell)
        return found

    def sha256(self) -> str:
        """64 hexadecimal digits, of the file's bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def _open(self) -> TextIO:
        # utf-8-sig: spreadsheets write a byte-order mark, which would become part of the first column's name.
        # surrogateescape: bytes that are not UTF-8 refuse their own row (`is_garbled`) and not the whole table.
        return self.path.open(newline="", encoding="utf-8-sig", errors="surrogateescape")


def is_garbled(cell: str) -> bool:
    """Whether a cell is no text: it holds bytes that are not UTF-8, or a NUL, which PostgreSQL does not store."""
    try:
        return b"\0" in cell.encode()
    except UnicodeEncodeError:
        return True
