"""VinDr-CXR: one row for each box of each reader, or one for each reader with a column for each finding, or both together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path

from training.datasets.boxes import box_of_corners
from training.datasets.by_image import check_none_is_lost, items_by_image, lines_of, narrowed, place_of
from training.datasets.errors import DatasetError
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Item, Question, SourceRegion
from training.datasets.numbers import Decimal
from training.datasets.options import Source
from training.datasets.table_file import Row, TableFile
from training.datasets.usual_files import column_among, split_of_file, usual_file, usual_files
from training.datasets.words import is_negative, is_unknown, plain

# Of PhysioNet's release, then of the competition at Kaggle, then of a folder with the boxes or the test set alone.
TABLES = (r"image_labels_train\.csv", r"train\.csv", r"annotations_train\.csv", r"(image_labels|annotations)_test\.csv")
IMAGE = "image_id"
CLASS = "class_name"
READER = "rad_id"
SIDES = ("x_min", "y_min", "x_max", "y_max")
CODES = {"1": True, "1.0": True, "0": False, "0.0": False}
NAMES_AT_MOST = 200


@dataclass
class Opinion:
    """What one reader says of an image. `found`: the findings, made plain. `denied`: those that are said not to be there.
    `nothing`: the reader says that there is none.
    """

    found: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    nothing: bool = False


class Vindr:
    """Several readers mark an image. A finding is present if one of them marks it, absent if every one has answered and none has
    marked it. The boxes keep their readers.
    """

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        path = source.table or _table(source.folder)
        self._file = TableFile(path, needed=(IMAGE,), encoding=source.options.encoding)
        self._by_box = CLASS in self._file.header
        self._reader = column_among(self._file.header, [READER])
        self._boxes = None if self._by_box else _boxes_of(path, source.options.encoding)
        self._split = split_of_file(path)
        self.tables = (path, self._boxes.path) if self._boxes else (path,)
        self.images = Images(source.root, prefix=source.options.prefix, suffix=source.options.suffix)

    def questions(self) -> tuple[Question, ...]:
        if self._by_box:
            return tuple(Question(name, listed=True, why=f"named in column {CLASS}") for name in self._names.values())
        return tuple(Question(name, why="1 and 0 by each reader") for name in self._names.values())

    def items(self) -> Iterator[Item]:
        check_none_is_lost(self._file.rows, IMAGE)
        yield from items_by_image(self._rows(), IMAGE, self._item)

    def decimals(self) -> dict[str, Decimal]:
        return {}

    def notes(self) -> list[str]:
        notes = ["A finding is present if any reader has marked it."]
        if self._boxes:
            notes.append(f"Read with {self._boxes.path.name}.")
        return notes

    @cached_property
    def _names(self) -> dict[str, str]:
        """The findings that the table speaks of, by name made plain. May read the whole table."""
        if self._by_box:
            names = (row.cells[CLASS] for row in self._file.rows() if not row.problem)
        else:
            names = (name for name in self._file.header if name and name not in {IMAGE, self._reader})
        found: dict[str, str] = {}
        for name in names:
            if not is_negative(name) and not is_unknown(name):
                found.setdefault(plain(name), name)
            if len(found) > NAMES_AT_MOST:
                raise DatasetError(
                    f"{self._file.path.name} names more than {NAMES_AT_MOST} findings, and VinDr-CXR 28."
                )
        if not found:
            raise DatasetError(f"{self._file.path.name} names no finding, neither in {CLASS} nor as a column.")
        return dict(sorted(found.items()))

    def _rows(self) -> Iterator[Row]:
        rows = self._file.rows()
        if not self._boxes:
            return rows
        return chain(rows, narrowed(self._boxes.rows(), self._boxes.header, self._boxes.path.name))

    def _item(self, rows: list[Row], boxes: list[Row]) -> Item:
        opinions: dict[str, Opinion] = {}
        for row in rows:
            opinion = opinions.setdefault(_reader_of(row, self._reader), Opinion())
            self._add(opinion, row)
        _check(opinions)
        counts = {key: sum(key in opinion.found for opinion in opinions.values()) for key in self._names}
        words = {
            self._names[key]: _words(self._names[key], count, len(opinions)) for key, count in counts.items() if count
        }
        regions = self._regions(rows if self._by_box else boxes, words)
        line, file, lines = rows[0].line, rows[0].cells[IMAGE], lines_of(rows)
        if self._by_box:
            named = tuple(words) or ("No finding",)
            return Item(line, file, lines, split=self._split, named=named, words=words, regions=regions)
        said = {self._names[key]: _answer(key, opinions) for key in self._names}
        return Item(line, file, lines, split=self._split, said=said, words=words, regions=regions)

    def _add(self, opinion: Opinion, row: Row) -> None:
        """What one more row says. Raises DatasetError where that is not understood."""
        if self._by_box:
            name = row.cells[CLASS]
            if is_negative(name):
                opinion.nothing = True
            elif is_unknown(name):
                raise DatasetError(f"{place_of(row)} names no finding.")
            else:
                opinion.found.add(plain(name))
            return
        for name, cell in row.cells.items():
            if name and name not in {IMAGE, self._reader} and not is_unknown(cell):
                _add_code(opinion, name, cell)

    def _regions(self, rows: list[Row], found: Mapping[str, str]) -> tuple[SourceRegion, ...]:
        regions = []
        for row in rows:
            try:
                region = self._region(row)
            except DatasetError as error:
                raise DatasetError(f"{place_of(row)}: {error}") from None
            if region and region.name not in found:
                raise DatasetError(f"{place_of(row)}: a box says {region.name}, and no reader of the image does.")
            if region:
                regions.append(region)
        return tuple(regions)

    def _region(self, row: Row) -> SourceRegion | None:
        """The box of a row; None for a row without one. What stands beside "No finding" is no box: some copies have 0, 0, 1, 1."""
        name = row.cells[CLASS]
        sides = [row.cells.get(side, "") for side in SIDES]
        if is_negative(name) or all(is_unknown(cell) for cell in sides):
            return None
        return box_of_corners(self._names.get(plain(name), name), sides, reader=row.cells.get(READER, ""))


def _table(folder: Path) -> Path:
    for pattern in TABLES:
        if usual_files(folder, pattern):
            return usual_file(folder, pattern, what="table")
    raise DatasetError(
        "There is no table train.csv, image_labels_train.csv or annotations_train.csv in the folder. Name it."
    )


def _boxes_of(labels: Path, encoding: str) -> TableFile | None:
    """The boxes that belong to a table of labels: annotations_train.csv beside image_labels_train.csv."""
    path = labels.with_name(labels.name.replace("image_labels", "annotations"))
    if path == labels or not path.is_file():
        return None
    return TableFile(path, needed=(IMAGE, CLASS, *SIDES), encoding=encoding)


def _reader_of(row: Row, column: str) -> str:
    """Who has read; "" where the table tells what several have agreed on."""
    if column and is_unknown(row.cells[column]):
        raise DatasetError(f"{place_of(row)} names no reader.")
    return row.cells.get(column, "") if column else ""


def _add_code(opinion: Opinion, name: str, cell: str) -> None:
    if cell not in CODES:
        raise DatasetError(f"Column {name!r} says {cell[:80]!r}, which is neither 1 nor 0.")
    if is_negative(name):
        opinion.nothing = opinion.nothing or CODES[cell]
    elif CODES[cell]:
        opinion.found.add(plain(name))
    else:
        opinion.denied.add(plain(name))


def _check(opinions: Mapping[str, Opinion]) -> None:
    """Raises DatasetError where one reader contradicts himself."""
    for opinion in opinions.values():
        if opinion.found and opinion.nothing:
            raise DatasetError("One reader says that there is no finding, and marks one.")
        if opinion.found & opinion.denied:
            raise DatasetError("Two rows of one reader contradict each other.")


def _answer(key: str, opinions: Mapping[str, Opinion]) -> str:
    """present, absent, or "" where a reader has not answered and no other has marked it."""
    if any(key in opinion.found for opinion in opinions.values()):
        return "present"
    answered = all(key in opinion.denied or opinion.nothing for opinion in opinions.values())
    return "absent" if answered else ""


def _words(name: str, count: int, readers: int) -> str:
    return f"{name}: {count} of {readers} readers" if readers > 1 else name
