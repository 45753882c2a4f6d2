"""Items of data sets whose tables have a form of their own: all rows of an image together, refused where one is not understood."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from training.datasets.errors import DatasetError
from training.datasets.gathering import gathered
from training.datasets.items import Item
from training.datasets.table_file import Row, printable
from training.datasets.words import is_unknown

Reading = Callable[[list[Row], list[Row]], Item]
"""Makes an item of an image's rows in the first table and those in the others. Raises DatasetError."""


def items_by_image(rows: Iterable[Row], image_column: str, reading: Reading) -> Iterator[Item]:
    """One item for each image that the first table names, in its order."""

    def image_of(row: Row) -> str:
        return row.cells.get(image_column, "")

    for group in gathered(rows, image_of):
        own = [row for row in group if not row.table]
        if own:
            yield _item(own, [row for row in group if row.table], image_of(own[0]), reading)


def images_without_rows(rows: Iterable[Row], image_column: str) -> int:
    """How many images other tables name, and the first does not."""
    groups = gathered(rows, lambda row: row.cells.get(image_column, ""))
    return sum(all(row.table for row in group) for group in groups)


def check_none_is_lost(rows: Callable[[], Iterator[Row]], image_column: str) -> None:
    """Raises DatasetError where a row names no image, or cannot be read and has the image of no other row: it may be about any
    image, so that of none all rows are known. For tables with several rows an image, in which what no row says is absent.
    """
    broken: dict[str, Row] = {}
    for row in rows():
        image = row.cells.get(image_column, "")
        if row.problem or not image:
            broken.setdefault(image, row)
    if broken:
        for row in rows():
            if not row.problem and row.cells[image_column]:
                broken.pop(row.cells[image_column], None)
    for row in broken.values():
        raise DatasetError(
            f"{place_of(row)} may be about any image, so that of no image all rows are known. Mend the line: "
            f"{row.problem or 'it names no image.'}"
        )


def narrowed(rows: Iterable[Row], columns: Collection[str], table: str = "") -> Iterator[Row]:
    """Rows with these columns only: what is not needed, as a report with names, is not even kept while it is read."""
    for row in rows:
        cells = {name: cell for name, cell in row.cells.items() if name in columns}
        yield replace(row, cells=cells, table=table)


def agreed(rows: list[Row], column: str) -> str:
    """What the rows that say anything say in a column; "" without the column. Raises DatasetError where they differ."""
    if not column:
        return ""
    if len(rows) == 1:
        cell = rows[0].cells[column]
        return "" if is_unknown(cell) else cell
    found = {row.cells[column]: row.line for row in rows if not is_unknown(row.cells[column])}
    if len(found) > 1:
        raise DatasetError(f"Lines {_two(found.values())} are about the same image and differ in column {column!r}.")
    return next(iter(found), "")


def place_of(row: Row) -> str:
    """Where a row stands, for a message."""
    return f"Line {row.line} of {row.table}" if row.table else f"Line {row.line}"


def lines_of(rows: list[Row]) -> tuple[int, ...]:
    return tuple(row.line for row in rows)


def _item(own: list[Row], others: list[Row], file: str, reading: Reading) -> Item:
    try:
        for row in own:
            if row.problem:
                raise DatasetError(row.problem)
        for row in others:
            if row.problem:
                raise DatasetError(f"{place_of(row)}: {row.problem}")
        return reading(own, others)
    except DatasetError as error:
        return Item(own[0].line, printable(file), lines_of(own), problem=str(error))


def _two(lines: Iterable[int]) -> str:
    return " and ".join(str(line) for line in list(lines)[:2])
