"""A table that names an image file on every line, and what is known of it in columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property

from training.datasets.by_image import check_none_is_lost
from training.datasets.columns import CellCounts, Column, column_of, parts_of
from training.datasets.errors import DatasetError
from training.datasets.facts import sex_of, years_of
from training.datasets.gathering import Gathered
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Facts, Item, Question
from training.datasets.numbers import Decimal
from training.datasets.options import Source
from training.datasets.splits import split_of
from training.datasets.table_file import Row, TableFile, printable
from training.datasets.words import is_unknown, plain

VIEW_LENGTH = 16  # characters that the archive keeps of a view


class Table:
    """Label columns answer the finding of their name, or list the findings that are present.

    An image may have several rows: what they list counts together, and what they say otherwise must agree. `kinds`: those
    of the project's findings by column, which decide how their columns are read.
    """

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        options = source.options
        if source.table is None:
            raise DatasetError("Name the table.")
        if not options.image_column:
            raise DatasetError("Name the column of the image files.")
        self._options = options
        self._kinds = kinds
        optional = [options.patient_column, options.indication_column, options.split_column]
        optional += [options.sex_column, options.age_column, options.view_column]
        needed = [options.image_column, *[name for name in optional if name], *options.label_columns]
        self._file = TableFile(source.table, needed=needed, delimiter=options.delimiter, encoding=options.encoding)
        self.tables = (source.table,)
        root = source.images or source.table.parent
        self.images = Images(root, prefix=options.prefix, suffix=options.suffix)
        self._gathered = Gathered(self._file.rows, self._image_name)
        self._checked = False

    def questions(self) -> tuple[Question, ...]:
        found: dict[str, Question] = {}
        for column in self.columns:
            for question in column.questions:
                found.setdefault(question.name, question)
        return tuple(found.values())

    def decimals(self) -> dict[str, Decimal]:
        """Column → its decimal sign."""
        return {column.name: column.decimal for column in self.columns if not column.names}

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """How each label column is read. Reads the whole table."""
        return tuple(self._column(counts) for counts in self.cell_counts.values())

    @cached_property
    def cell_counts(self) -> dict[str, CellCounts]:
        """The cells of each label column, counted. Reads the whole table."""
        counts = {name: CellCounts(name) for name in self._options.label_columns}
        readable = False
        problem = ""
        for rows in self._gathered.groups():
            good = [row for row in rows if not row.problem]
            problem = problem or next((row.problem for row in rows if row.problem), "")
            readable = readable or bool(good)
            for name, column in counts.items():
                column.add(row.cells[name] for row in good)
        if not readable:
            raise DatasetError(f"No row of the table can be read. {problem}")
        return counts

    def items(self) -> Iterator[Item]:
        self._check()
        for rows in self._gathered.groups():
            yield self._item(rows)

    def _check(self) -> None:
        listing = [column.name for column in self.columns if column.names and column.complete]
        if not self._checked and any(self.cell_counts[name].several for name in listing):
            check_none_is_lost(self._file.rows, self._options.image_column)
        self._checked = True

    def notes(self) -> list[str]:
        return [f"{column.name}: {column.questions[0].why}." for column in self.columns if column.questions]

    def _column(self, counts: CellCounts) -> Column:
        kind = self._options.kinds.get(counts.name) or self._kinds.get(plain(counts.name))
        return column_of(counts, self._options, kind, self._kinds)

    def _image_name(self, row: Row) -> str:
        return row.cells.get(self._options.image_column, "")

    def _item(self, rows: list[Row]) -> Item:
        number = rows[0].line
        file = self._image_name(rows[0])
        lines = tuple(row.line for row in rows)
        try:
            for row in rows:
                if row.problem:
                    raise DatasetError(row.problem)
            return self._understood(number, file, lines, rows)
        except DatasetError as error:
            return Item(number, printable(file), lines, problem=str(error))

    def _understood(self, number: int, file: str, lines: tuple[int, ...], rows: list[Row]) -> Item:
        options = self._options
        said = {}
        for column in self.columns:
            if not column.names:
                said[column.name] = _agreed(rows, column.name)
        listing = [column for column in self.columns if column.names]
        return Item(
            number,
            file,
            lines,
            patient=_agreed(rows, options.patient_column),
            split=split_of(_agreed(rows, options.split_column)),
            indication=_agreed(rows, options.indication_column, is_blank),
            facts=self._facts(rows),
            said=said,
            named=_named(rows, listing),
            complete=all(column.complete for column in listing),
        )

    def _facts(self, rows: list[Row]) -> Facts:
        options = self._options
        return Facts(
            sex=sex_of(_agreed(rows, options.sex_column)),
            age_years=years_of(_agreed(rows, options.age_column)),
            view=_agreed(rows, options.view_column)[:VIEW_LENGTH],
        )


def is_blank(cell: str) -> bool:
    return not cell


def _agreed(rows: list[Row], column: str, ignored: Callable[[str], bool] = is_unknown) -> str:
    """What the rows that say anything say in a column. Raises DatasetError where they differ. Names no cell: it may be a
    patient's.
    """
    if not column:
        return ""
    found = {row.cells[column]: row.line for row in rows if not ignored(row.cells[column])}
    if len(found) > 1:
        lines = " and ".join(str(line) for line in list(found.values())[:2])
        raise DatasetError(f"Lines {lines} are about the same image and differ in column {column!r}.")
    return next(iter(found), "")


def _named(rows: list[Row], columns: list[Column]) -> tuple[str, ...] | None:
    """All names that the rows list; None where every cell says that nothing is known."""
    found: dict[str, None] = {}
    stated = False
    for column in columns:
        for row in rows:
            cell = row.cells[column.name]
            names = parts_of(cell, column.separator)
            if is_unknown(cell) and cell.casefold() != "none":
                continue
            stated = True
            found.update(dict.fromkeys(names))
    return tuple(found) if stated else None
