"""CheXpert: train.csv, valid.csv and tables of the same form, with one column for each of 14 observations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from pathlib import Path

from training.datasets.by_image import agreed, items_by_image, lines_of, narrowed
from training.datasets.errors import DatasetError
from training.datasets.facts import sex_of, years_of
from training.datasets.images import Images, is_file
from training.datasets.items import ColumnKind, Facts, Item, Question
from training.datasets.numbers import Decimal
from training.datasets.options import Source
from training.datasets.patients import patient_in, pattern_of
from training.datasets.splits import split_of
from training.datasets.table_file import Row, TableFile
from training.datasets.usual_files import column_among, usual_file, usual_files

TRAIN = r"train\.csv"
OTHERS = r"(valid|val|test|(train|valid|val|test)_?(visual)?(chexbert|labels))\.csv"
PATH = "Path"
NO_FINDING = "No Finding"
SUPPORT_DEVICES = "Support Devices"
OBSERVATIONS = (
    *(
        NO_FINDING,
        "Enlarged Cardiomediastinum",
        "Cardiomegaly",
        "Lung Opacity",
        "Lung Lesion",
        "Edema",
        "Consolidation",
    ),
    *("Pneumonia", "Atelectasis", "Pneumothorax", "Pleural Effusion", "Pleural Other", "Fracture", SUPPORT_DEVICES),
)
CODES = {"1": "present", "1.0": "present", "0": "absent", "0.0": "absent", "-1": "uncertain", "-1.0": "uncertain"}
PATIENT = r"(patient\d+)[/\\]study\d+[/\\]"
LOOKED_AT = 50  # rows by which it is found out where the images lie


class Chexpert:
    """1, 0, −1 and blank are present, absent, uncertain and not mentioned: of what is not mentioned nothing is known, even where
    `No Finding` is 1. Patient and split stand in the path of an image.
    """

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        path = source.table or _table(source.folder)
        self._file = TableFile(path, needed=(PATH,), encoding=source.options.encoding)
        header = self._file.header
        found = {name: column_among(header, [name]) for name in OBSERVATIONS}
        self._observations = {name: column for name, column in found.items() if column}
        if not self._observations:
            raise DatasetError(f"{path.name} has none of CheXpert's columns, as {', '.join(OBSERVATIONS[1:4])}.")
        self._sex = column_among(header, ["Sex"])
        self._age = column_among(header, ["Age"])
        self._side = column_among(header, ["Frontal/Lateral"])
        self._projection = column_among(header, ["AP/PA"])
        self._pattern = pattern_of(source.options.patient_pattern or PATIENT)
        self.tables = (path,)
        self.images = self._images(source)

    def questions(self) -> tuple[Question, ...]:
        return tuple(Question(name, why="1, 0, −1 and blank") for name in self._observations)

    def items(self) -> Iterator[Item]:
        yield from items_by_image(self._rows(), PATH, self._item)

    def decimals(self) -> dict[str, Decimal]:
        return {}

    def notes(self) -> list[str]:
        own = self._file.path
        beside = sorted({path.name for path in usual_files(own.parent, f"{TRAIN}|{OTHERS}")} - {own.name})
        if not beside:
            return []
        return [f"{own.name} was read; {', '.join(beside)} beside it can be imported by naming the table."]

    def _rows(self) -> Iterator[Row]:
        facts = (self._sex, self._age, self._side, self._projection)
        return narrowed(self._file.rows(), {PATH, *facts, *self._observations.values()})

    def _item(self, rows: list[Row], _: list[Row]) -> Item:
        file = rows[0].cells[PATH]
        patient = patient_in(file, self._pattern)
        if not patient:
            raise DatasetError(
                "Its path names no patient, as /patient00001/study1/ does. Give a pattern for the patients."
            )
        said = {name: _answer(name, agreed(rows, column)) for name, column in self._observations.items()}
        said = {name: answer for name, answer in said.items() if answer}
        _check(said)
        return Item(rows[0].line, file, lines_of(rows), patient, _split(file), facts=self._facts(file, rows), said=said)

    def _facts(self, file: str, rows: list[Row]) -> Facts:
        # 0 stands for an unknown age: the patients are adults. 90 is all that is known of those who are older.
        age = years_of(agreed(rows, self._age)) or None
        return Facts(sex=sex_of(agreed(rows, self._sex)), age_years=age, view=self._view(file, rows))

    def _view(self, file: str, rows: list[Row]) -> str:
        """PA or AP of a frontal film, LL, RL or LATERAL of a lateral one; "" where the columns contradict each other."""
        side = agreed(rows, self._side) or Path(file).stem.rpartition("_")[2]
        projection = agreed(rows, self._projection).upper()
        if side.casefold() == "frontal":
            return projection if projection in {"PA", "AP"} else ""
        if side.casefold() != "lateral" or projection in {"PA", "AP"}:
            return ""
        return projection if projection in {"LL", "RL"} else "LATERAL"

    def _images(self, source: Source) -> Images:
        """The paths begin with the folder of the release, in or above which the table may lie, or which has another name."""
        options = source.options
        roots = [source.root]
        if source.images is None and self._file.path.parent != source.root:
            roots.append(self._file.path.parent)
        for row in islice(self._file.rows(), LOOKED_AT):
            name = row.cells.get(PATH, "")
            for root, head in product(roots, [options.prefix] if options.prefix else ["", _head(name)]):
                if is_file(root / name.removeprefix(head).replace("\\", "/")):
                    return Images(root, prefix=head, suffix=options.suffix)
        return Images(source.root, prefix=options.prefix, suffix=options.suffix)


def _table(folder: Path) -> Path:
    if usual_files(folder, TRAIN):
        return usual_file(folder, TRAIN, what="table train.csv")
    return usual_file(folder, OTHERS, what="table train.csv or valid.csv")


def _head(name: str) -> str:
    """The first folder of a path, with the sign behind it."""
    found = re.match(r"[^/\\]+[/\\]", name)
    return found[0] if found else ""


def _answer(name: str, cell: str) -> str:
    if not cell:
        return ""
    if cell not in CODES:
        raise DatasetError(f"Column {name!r} says {cell[:80]!r}, which is none of 1, 0, −1 and blank.")
    return CODES[cell]


def _check(said: Mapping[str, str]) -> None:
    """Raises DatasetError where the row says that there is a finding and that there is none. Devices are no finding."""
    found = [name for name, answer in said.items() if answer == "present" and name not in {NO_FINDING, SUPPORT_DEVICES}]
    if found and said.get(NO_FINDING) == "present":
        raise DatasetError(f"It says {NO_FINDING!r} and {found[0]!r} at once.")


def _split(file: str) -> str:
    """The split that a folder of the path is called by."""
    parts = re.split(r"[/\\]", file)[:-1]
    return next((split for part in parts if (split := split_of(part))), "")
