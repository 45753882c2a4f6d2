"""RSNA's paediatric bone age challenge: an image of a hand, its bone age in months, the child's sex."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from training.datasets.by_image import agreed, items_by_image, lines_of
from training.datasets.errors import DatasetError
from training.datasets.facts import sex_of
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Facts, Item, Question
from training.datasets.numbers import Decimal, number_text
from training.datasets.options import Source
from training.datasets.splits import split_of
from training.datasets.table_file import Row, TableFile
from training.datasets.usual_files import column_among, split_of_file, usual_file
from training.datasets.words import NO, YES, is_unknown

TABLES = r".*bone[-_ ]?age.*\.csv|validation dataset\.csv|train\.csv"
IDS = ("id", "Image ID", "Case ID", "ImageID")
AGES = ("boneage", "Bone Age (months)", "Bone age", "bone_age")
MONTHS = (0.0, 240.0)
BONE_AGE = Question("Bone age", "measurement", unit="months", minimum=MONTHS[0], maximum=MONTHS[1], why="months")


class BoneAge:
    """`male` is True or False; the file of the test says Sex, M or F, instead, and no age."""

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        options = source.options
        path = source.table or usual_file(source.folder, TABLES, what="table of bone ages")
        self._file = TableFile(path, delimiter=options.delimiter, encoding=options.encoding)
        header = self._file.header
        self._id = options.image_column or column_among(header, IDS)
        if self._id not in header:
            raise DatasetError(f"The table has no column of images: none of {', '.join(IDS)}.")
        self._age = column_among(header, AGES)
        self._male = column_among(header, ("male",))
        self._sex = column_among(header, ("sex", "gender"))
        self._patient = options.patient_column
        self._split_column = options.split_column
        self._split = split_of_file(path)
        self._decimal: Decimal = options.decimal or "."
        self.tables = (path,)
        self.images = Images(source.root, prefix=options.prefix, suffix=options.suffix)

    def questions(self) -> tuple[Question, ...]:
        return (BONE_AGE,) if self._age else ()

    def decimals(self) -> dict[str, Decimal]:
        return {BONE_AGE.name: self._decimal}

    def items(self) -> Iterator[Item]:
        return items_by_image(self._rows(), self._id, self._understood)

    def notes(self) -> list[str]:
        told = []
        if not self._patient:
            told.append("No patient is named: nothing says whether two images are of one child.")
        if not self._age:
            told.append("The table has no bone age: its images come without a label.")
        return told

    def _rows(self) -> Iterator[Row]:
        for row in self._file.rows():
            # Programs that read the numbers write 1377 as 1377.0.
            image = row.cells.get(self._id, "").removesuffix(".0")
            yield replace(row, cells={**row.cells, self._id: image})

    def _understood(self, rows: list[Row], _: list[Row]) -> Item:
        age = self._months(agreed(rows, self._age))
        sexes = {self._by_male(agreed(rows, self._male)), sex_of(agreed(rows, self._sex))} - {""}
        if len(sexes) > 1:
            raise DatasetError(f"Columns {self._male!r} and {self._sex!r} contradict each other.")
        return Item(
            rows[0].line,
            rows[0].cells[self._id],
            lines_of(rows),
            patient=agreed(rows, self._patient),
            split=split_of(agreed(rows, self._split_column)) or self._split,
            facts=Facts(sex=next(iter(sexes), "")),
            said={BONE_AGE.name: age} if age else {},
        )

    def _months(self, cell: str) -> str:
        """The cell, once it is a bone age: no −9999, and no age in years beyond growth. "" where nothing is known."""
        if is_unknown(cell):
            return ""
        months = float(number_text(cell, self._decimal))
        if not MONTHS[0] <= months <= MONTHS[1]:
            raise DatasetError(f"A bone age of {cell} months is not between 0 and 240.")
        return cell

    def _by_male(self, cell: str) -> str:
        if is_unknown(cell):
            return ""
        word = cell.casefold()
        if word not in YES | NO:
            raise DatasetError(f"Column {self._male!r} says {cell[:80]!r}, neither True nor False.")
        return "M" if word in YES else "F"
