"""What several rows about one image say together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from training.datasets.errors import DatasetError
from training.datasets.table_file import Row
from training.datasets.words import is_unknown


def agreed_cells(rows: Sequence[Row], columns: Iterable[str]) -> dict[str, str]:
    """Column → what the rows that know anything say in it, "" where none does. Raises DatasetError where a row cannot be
    read, or two differ. Names no cell: it may be a patient's.
    """
    for row in rows:
        if row.problem:
            raise DatasetError(row.problem)
    return {column: _agreed(rows, column) for column in columns if column}


def _agreed(rows: Sequence[Row], column: str) -> str:
    found: dict[str, int] = {}
    for row in rows:
        cell = row.cells.get(column, "")
        if not is_unknown(cell):
            found.setdefault(cell, row.line)
    if len(found) > 1:
        lines = " and ".join(str(line) for line in list(found.values())[:2])
        raise DatasetError(f"Lines {lines} are about the same image and differ in column {column!r}.")
    return next(iter(found), "")
