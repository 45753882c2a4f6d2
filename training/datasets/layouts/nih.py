"""ChestX-ray14 of the NIH: Data_Entry_2017.csv in either release, with boxes and lists of the splits where they are there."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from training.datasets.boxes import box_of_size
from training.datasets.by_image import agreed, images_without_rows, items_by_image, lines_of, narrowed, place_of
from training.datasets.errors import DatasetError
from training.datasets.facts import sex_of, years_of
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Facts, Item, Question, SourceRegion
from training.datasets.numbers import Decimal
from training.datasets.options import Source
from training.datasets.table_file import Row, TableFile
from training.datasets.usual_files import column_among, usual_file, usual_files
from training.datasets.words import is_negative, is_unknown, plain

TABLE = r"data_entry_2017(_v2020)?\.csv"
BOXES = r"bbox_list_2017.*\.csv"
LISTS = {r"train_val_list.*\.txt": "train", r"test_list.*\.txt": "test"}
IMAGE = "Image Index"
LABELS = "Finding Labels"
FINDINGS = (
    *("Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema", "Fibrosis", "Hernia"),
    *("Infiltration", "Mass", "Nodule", "Pleural_Thickening", "Pneumonia", "Pneumothorax"),
)
BY_PLAIN = {plain(name): name for name in FINDINGS} | {"infiltrate": "Infiltration"}  # as the boxes call it
# The header of the boxes has nine fields, `Bbox [x,y,w,h]` being four of them, and the rows six.
BOX_SIDES = ("x", "y", "w", "h")
BOX_FIELDS = (IMAGE, "Finding Label", *BOX_SIDES)
SPLIT = "split"


class Nih:
    """One row an image, which lists all that was found. The name of the image alone says which film it is: the releases number
    the follow-ups of a patient differently.
    """

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        path = source.table or usual_file(source.folder, TABLE, what="table Data_Entry_2017.csv")
        self._file = TableFile(path, needed=(IMAGE, LABELS), encoding=source.options.encoding)
        self._patient = column_among(self._file.header, ["Patient ID"])
        self._age = column_among(self._file.header, ["Patient Age"])
        self._sex = column_among(self._file.header, ["Patient Gender", "Patient Sex"])
        self._view = column_among(self._file.header, ["View Position"])
        self._boxes = _one_of(source.folder, BOXES)
        self._lists = {found: split for name, split in LISTS.items() if (found := _one_of(source.folder, name))}
        beside = [self._boxes] if self._boxes else []
        self.tables = (path, *beside, *self._lists)
        self.images = Images(source.root, prefix=source.options.prefix, suffix=source.options.suffix)

    def questions(self) -> tuple[Question, ...]:
        return tuple(Question(name, listed=True, why=f"listed in column {LABELS}") for name in FINDINGS)

    def items(self) -> Iterator[Item]:
        yield from items_by_image(self._rows(), IMAGE, self._item)

    def decimals(self) -> dict[str, Decimal]:
        return {}

    def notes(self) -> list[str]:
        notes = [f"Read with {path.name}." for path in self.tables[1:]]
        beyond = images_without_rows(self._rows(), IMAGE)
        if beyond:
            notes.append(f"{beyond} images of these files have no row in {self._file.path.name} and were not read.")
        return notes

    def _rows(self) -> Iterator[Row]:
        columns = {IMAGE, LABELS, self._patient, self._age, self._sex, self._view}
        sources = [narrowed(self._file.rows(), columns)]
        if self._boxes:
            sources.append(_box_rows(self._boxes))
        sources += [_list_rows(path, split) for path, split in self._lists.items()]
        return chain.from_iterable(sources)

    def _item(self, rows: list[Row], others: list[Row]) -> Item:
        named = _named(rows)
        return Item(
            rows[0].line,
            rows[0].cells[IMAGE],
            lines_of(rows),
            patient=_patient(agreed(rows, self._patient)),
            split=_split(others),
            facts=self._facts(rows),
            named=named,
            regions=tuple(_region(row, named or ()) for row in others if SPLIT not in row.cells),
        )

    def _facts(self, rows: list[Row]) -> Facts:
        view = agreed(rows, self._view).upper()
        return Facts(
            sex=sex_of(agreed(rows, self._sex)),
            age_years=years_of(agreed(rows, self._age)),
            view=view if view in {"PA", "AP"} else "",
        )


def _named(rows: list[Row]) -> tuple[str, ...] | None:
    """The findings that the rows of an image list. Raises DatasetError where they differ or one is no finding of the set."""
    said = {tuple(sorted(_names(row.cells[LABELS]))) for row in rows}
    if len(said) > 1:
        raise DatasetError(
            f"Lines {rows[0].line} to {rows[-1].line} are about the same image and list different findings."
        )
    return next(iter(said)) or None


def _names(cell: str) -> set[str]:
    if is_unknown(cell):
        return set()
    return {_finding(part.strip()) for part in cell.split("|")}


def _finding(name: str) -> str:
    if is_negative(name):
        return name
    if plain(name) not in BY_PLAIN:
        raise DatasetError(f"It names {name[:80]!r}, which is none of the set's 14 findings.")
    return BY_PLAIN[plain(name)]


def _region(row: Row, named: tuple[str, ...]) -> SourceRegion:
    try:
        name = _finding(row.cells["Finding Label"])
        if name not in named:
            raise DatasetError(f"A box says {name}, and the labels of its image do not.")
        return box_of_size(name, [row.cells[side] for side in BOX_SIDES])
    except DatasetError as error:
        raise DatasetError(f"{place_of(row)}: {error}") from None


def _patient(cell: str) -> str:
    """The number of a patient, which is 00000001 in the first release and 1 in the second."""
    found = re.fullmatch(r"0*(\d+)(\.0)?", cell)
    return found[1] if found else cell


def _split(others: list[Row]) -> str:
    found = {row.cells[SPLIT] for row in others if SPLIT in row.cells}
    if len(found) > 1:
        raise DatasetError("It stands in the list of the training set and in that of the test set.")
    return next(iter(found), "")


def _one_of(folder: Path, pattern: str) -> Path | None:
    found = usual_files(folder, pattern)
    if len(found) > 1:
        raise DatasetError(
            f"Several files are called alike: {', '.join(path.name for path in found[:3])}. Leave one of them."
        )
    return found[0] if found else None


def _box_rows(path: Path) -> Iterator[Row]:
    with path.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        header = [name.strip() for name in next(csv.reader(file), [])]
    if header[:2] != list(BOX_FIELDS[:2]):
        raise DatasetError(f"{path.name} does not begin with the columns {IMAGE} and {BOX_FIELDS[1]}.")
    return narrowed(TableFile(path, names=BOX_FIELDS, delimiter=",").rows(), BOX_FIELDS, path.name)


def _list_rows(path: Path, split: str) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        for line, name in enumerate(file, 1):
            if name.strip():
                yield Row(line, {IMAGE: name.strip(), SPLIT: split}, table=path.name)
