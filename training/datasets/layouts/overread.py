"""Labels that Overread itself has exported as CSV: a row for each image and finding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from training.datasets.by_image import agreed, items_by_image, lines_of, narrowed
from training.datasets.errors import DatasetError
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Item, Kind, Question
from training.datasets.numbers import Decimal
from training.datasets.options import Source
from training.datasets.splits import split_of
from training.datasets.table_file import Row, TableFile
from training.datasets.usual_files import usual_file
from training.datasets.words import is_unknown

TABLES = r".*labels\.csv"
NEEDED = ("file", "finding_name", "kind", "unit", "value", "exposure", "source_split")
KINDS: Mapping[str, Kind] = {"binary": "binary", "categorical": "categorical", "measurement": "measurement"}
NOT_ASSESSABLE = "not_assessable"
FORMULA = ("'=", "'+", "'-", "'@")  # how an export begins a text that a spreadsheet would take for a formula


class Overread:
    """What nobody had been shown a model's answer for counts, where the table has such rows; else the rest.

    Images are found by the names that their own data set gave them. Patients stand in exports as pseudonyms: they are read
    only where `patient_column` asks for it, as images that are there already have theirs.
    """

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        options = source.options
        path = source.table or usual_file(source.folder, TABLES, what="table of exported labels")
        self._patient = options.patient_column
        self._columns = [*NEEDED, *([self._patient] if self._patient else [])]
        self._file = TableFile(path, needed=self._columns, delimiter=options.delimiter, encoding=options.encoding)
        self.tables = (path,)
        self.images = Images(source.root, prefix=options.prefix, suffix=options.suffix)

    def questions(self) -> tuple[Question, ...]:
        return tuple(self._questions.values())

    def decimals(self) -> dict[str, Decimal]:
        return {}

    def items(self) -> Iterator[Item]:
        return items_by_image(self._rows(), "file", self._understood)

    def notes(self) -> list[str]:
        told = []
        if self._others:
            told.append(f"{self._others} labels of the other exposure are not read: {self._exposure} counts.")
        if not self._patient:
            told.append("Patients are not read. Where these images are new, name the column: patient.")
        return told

    @cached_property
    def _exposure(self) -> str:
        found = {row.cells["exposure"] for row in self._file.rows() if not row.problem}
        return "none" if "none" in found else "shown"

    @cached_property
    def _others(self) -> int:
        rows = (row for row in self._file.rows() if not row.problem)
        return sum(row.cells["exposure"] != self._exposure for row in rows)

    @cached_property
    def _questions(self) -> dict[str, Question]:
        found: dict[str, Question] = {}
        options: dict[str, set[str]] = {}
        for row in self._file.rows():
            if row.problem:
                continue
            name = row.cells["finding_name"]
            kind = KINDS.get(row.cells["kind"])
            if not name or kind is None:
                raise DatasetError(f"Line {row.line} names no finding, or none of a known kind.")
            question = Question(name, kind, unit=row.cells["unit"], why="as it was exported")
            if found.setdefault(name, question) != question:
                raise DatasetError(f"Line {row.line}: {name} is of another kind or unit than before.")
            if kind == "categorical" and not _is_open(row.cells["value"]):
                options.setdefault(name, set()).add(_plain_text(row.cells["value"]))
        for name, values in options.items():
            found[name] = replace(found[name], options=tuple(sorted(values)))
        return found

    def _rows(self) -> Iterator[Row]:
        for row in narrowed(self._file.rows(), self._columns):
            if row.problem or row.cells["exposure"] == self._exposure:
                yield replace(row, cells={**row.cells, "file": _plain_text(row.cells.get("file", ""))})

    def _understood(self, rows: list[Row], _: list[Row]) -> Item:
        file = rows[0].cells["file"]
        if not file:
            raise DatasetError("It has no file name: its image did not come with a data set.")
        said: dict[str, str] = {}
        for row in rows:
            value = _plain_text(row.cells["value"])
            if _is_open(value):
                continue
            name = row.cells["finding_name"]
            if said.setdefault(name, value) != value:
                raise DatasetError(f"Its lines say different things of {name}.")
        split = split_of(agreed(rows, "source_split"))
        return Item(rows[0].line, file, lines_of(rows), patient=agreed(rows, self._patient), split=split, said=said)


def _is_open(value: str) -> bool:
    """Whether a value is no label: disputed, or not assessable."""
    return is_unknown(value) or value == NOT_ASSESSABLE


def _plain_text(cell: str) -> str:
    """A text without the apostrophe that an export puts before what looks like a formula."""
    return cell[1:] if cell.startswith(FORMULA) else cell
