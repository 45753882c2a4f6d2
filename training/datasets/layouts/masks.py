"""Images with masks: in folders side by side, or named in a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from training.datasets.by_image import agreed, items_by_image, lines_of
from training.datasets.errors import DatasetError
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Item, Question
from training.datasets.numbers import Decimal
from training.datasets.options import Source
from training.datasets.outlines import LUNGS, Outline, Paired, by_structure, outline_of, paired, words_of
from training.datasets.splits import split_of
from training.datasets.table_file import Row, TableFile
from training.datasets.usual_files import column_among

IMAGE_COLUMNS = ("image", "image file", "image path", "file", "filename", "img")
MASK_COLUMNS = ("mask", "mask file", "mask path", "lung mask", "segmentation")
TOLD = 3  # names of files in a note


class Masks:
    """Masks answer no finding. Nothing is decoded here: the files are hostile until whoever stores them has read them."""

    tables: tuple[Path, ...]

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        options = source.options
        self._options = options
        self._structure = options.structure or LUNGS
        self.images = Images(source.root, prefix=options.prefix, suffix=options.suffix)
        self._table = source.table
        self.tables = (source.table,) if source.table else ()
        if source.table:
            self._file = TableFile(source.table, delimiter=options.delimiter, encoding=options.encoding)
            self._image_column = options.image_column or column_among(self._file.header, IMAGE_COLUMNS)
            mask = column_among(self._file.header, MASK_COLUMNS)
            self._mask_columns = options.label_columns or ((mask,) if mask else ())
            self._check_columns()

    def questions(self) -> tuple[Question, ...]:
        return ()

    def decimals(self) -> dict[str, Decimal]:
        return {}

    def items(self) -> Iterator[Item]:
        if self._table:
            yield from items_by_image(self._file.rows(), self._image_column, self._of_rows)
            return
        for number, (image, outlines) in enumerate(self._paired.outlines.items(), start=1):
            yield _item(number, image, outlines)

    def notes(self) -> list[str]:
        if self._table:
            return []
        told = [f"Masks outline {', '.join(self._structures()) or 'nothing'}."]
        without = [image for image, outlines in self._paired.outlines.items() if not outlines]
        told += _told(without, "images have no mask")
        told += _told(list(self._paired.lone), "masks have no image of their name, or several, and are left out")
        return told

    @cached_property
    def _paired(self) -> Paired:
        found = paired(self.images.root, self._structure)
        if not any(found.outlines.values()):
            raise DatasetError(
                "No image has a mask. Images are looked for in a folder such as images/, masks of the same names in masks/."
            )
        return found

    def _structures(self) -> list[str]:
        return sorted({each.structure for outlines in self._paired.outlines.values() for each in outlines})

    def _of_rows(self, rows: list[Row], _: list[Row]) -> Item:
        named = {column: agreed(rows, column) for column in self._mask_columns}
        outlines = []
        for column, file in named.items():
            if file:
                self.images.find(file)
                outlines.append(outline_of(file, words_of(column), self._structure))
        options = self._options
        return Item(
            rows[0].line,
            rows[0].cells[self._image_column],
            lines_of(rows),
            patient=agreed(rows, options.patient_column),
            split=split_of(agreed(rows, options.split_column)),
            masks=by_structure(outlines),
        )

    def _check_columns(self) -> None:
        header = self._file.header
        if self._image_column not in header:
            raise DatasetError(f"The table has no column of images: none of {', '.join(IMAGE_COLUMNS)}.")
        if not self._mask_columns:
            raise DatasetError(f"The table has no column of masks: none of {', '.join(MASK_COLUMNS)}.")
        named = [*self._mask_columns, self._options.patient_column, self._options.split_column]
        missing = [name for name in named if name and name not in header]
        if missing:
            raise DatasetError(f"The table has no column {missing[0]!r}.")


def _item(number: int, image: str, outlines: Sequence[Outline]) -> Item:
    try:
        return Item(number, image, masks=by_structure(outlines))
    except DatasetError as error:
        return Item(number, image, problem=str(error))


def _told(files: list[str], what: str) -> list[str]:
    if not files:
        return []
    return [f"{len(files)} {what}: {', '.join(files[:TOLD])}{' …' if len(files) > TOLD else ''}."]
