"""The challenges of the International Skin Imaging Collaboration, 2016 to 2020, and HAM10000."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain
from pathlib import Path

from training.datasets.by_image import agreed, items_by_image, lines_of, narrowed
from training.datasets.columns import OPTIONS_AT_MOST
from training.datasets.errors import DatasetError
from training.datasets.facts import sex_of, years_of
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Facts, Item, Question
from training.datasets.lesions import lesion_columns
from training.datasets.numbers import Decimal
from training.datasets.options import Options, Source
from training.datasets.splits import split_of
from training.datasets.table_file import Row, TableFile
from training.datasets.usual_files import column_among, split_of_file, usual_file, usual_files
from training.datasets.words import is_unknown

TABLES = r"(isic|isbi).*ground_?truth.*\.csv|ham10000_metadata(\.csv|\.tab)?|train\.csv"
COPIES = r"isic_2020_training_duplicates\.csv"
IMAGES = ("image_name", "image", "image_id", "img_id", "isic_id")
PATIENTS = ("patient_id", "patient", "lesion_id")
SITES = ("anatom_site_general_challenge", "anatom_site_general", "localization")
HEADLESS = re.compile(r'"?ISIC_[0-9]+')


class Isic:
    """An image's patient is the patient, else the lesion, which no split may cut either."""

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        options = source.options
        path = source.table or usual_file(
            source.folder, TABLES, what="table of ISIC's ground truth or HAM10000's metadata"
        )
        self._file = _opened(path, options)
        header = self._file.header
        self._image = options.image_column or column_among(header, IMAGES)
        if self._image not in header:
            raise DatasetError(f"The table has no column of images: none of {', '.join(IMAGES)}.")
        self._lesions = lesion_columns(header)
        self._second = _second_table(path, options)
        both = [*header, *(self._second.header if self._second else ())]
        self._patients = [options.patient_column] if options.patient_column else _those_of(both, PATIENTS)
        self._sites = _those_of(both, SITES)
        self._sex = column_among(both, ("sex",))
        self._age = column_among(both, ("age_approx", "age"))
        self._split_column = options.split_column
        self._split = split_of_file(path)
        copies = usual_files(source.folder, COPIES) if self._image == "image_name" else []
        self._copies = copies[0] if copies else None
        others = [self._second.path if self._second else None, self._copies]
        self.tables = (path, *(other for other in others if other is not None))
        self.images = Images(source.root, prefix=options.prefix, suffix=options.suffix)

    def questions(self) -> tuple[Question, ...]:
        melanoma = Question("Melanoma", why="read from the diagnosis")
        diagnoses = self._lesions.diagnoses or self._diagnoses_found
        if not diagnoses:
            return (melanoma,)
        return melanoma, Question("Diagnosis", "categorical", diagnoses, why="what the set tells apart")

    def decimals(self) -> dict[str, Decimal]:
        return {}

    def items(self) -> Iterator[Item]:
        return items_by_image(self._rows(), self._image, self._understood)

    def notes(self) -> list[str]:
        told = []
        if not self._patients:
            told.append("No patient and no lesion is named: images of one patient may come into different splits.")
        elif self._patients[0] == "lesion_id":
            told.append("No patient is named. All images of one lesion count as one patient's.")
        if self._copies:
            told.append(
                f"{len(self._pairs)} pairs of images are listed as copies. Of {len(self._refused)} the two halves name different "
                "patients; the second of each is refused."
            )
        return told

    def _rows(self) -> Iterator[Row]:
        needed = {self._image, *self._lesions.columns, *self._about}
        yield from narrowed(self._file.rows(), needed)
        if self._second:
            image = column_among(self._second.header, IMAGES)
            for row in narrowed(self._second.rows(), {image, *self._about}, self._second.path.name):
                yield replace(row, cells={**row.cells, self._image: row.cells.get(image, "")})

    @property
    def _about(self) -> list[str]:
        """The columns about the person, in either table."""
        return [*self._patients, *self._sites, self._sex, self._age, self._split_column]

    def _understood(self, own: list[Row], others: list[Row]) -> Item:
        file = own[0].cells[self._image]
        if file in self._refused:
            raise DatasetError("It is listed as a copy of an image of another patient.")
        # The table's own rows alone tell the lesion: copies of 2019's metadata are found with a column "target" of their own.
        lesion = self._lesions.lesion({column: _agreed(own, column) for column in self._lesions.columns if column})
        about = {column: _agreed([*own, *others], column) for column in self._about}
        said = {"Melanoma": lesion.melanoma, "Diagnosis": lesion.diagnosis}
        return Item(
            own[0].line,
            file,
            lines_of(own),
            patient=_first(about, self._patients),
            split=split_of(about[self._split_column]) or self._split,
            facts=self._facts(about),
            said={name: value for name, value in said.items() if value},
        )

    def _facts(self, about: Mapping[str, str]) -> Facts:
        return Facts(
            sex=sex_of(about[self._sex]),
            # 0.0 stands for an unknown age in HAM10000, beside lesions that no newborn has.
            age_years=years_of(about[self._age]) or None,
            body_part=_first(about, self._sites),
        )

    @cached_property
    def _diagnoses_found(self) -> tuple[str, ...]:
        column = self._lesions.columns[0]
        if not column:
            return ()
        found: set[str] = set()
        for row in self._file.rows():
            if not row.problem and not is_unknown(row.cells[column]):
                found.add(row.cells[column])
            if len(found) > OPTIONS_AT_MOST:
                raise DatasetError(f"Column {column!r} holds more than {OPTIONS_AT_MOST} different diagnoses.")
        return tuple(sorted(found))

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        if self._copies is None:
            return []
        file = TableFile(self._copies, needed=("image_name_1", "image_name_2"))
        return [(row.cells["image_name_1"], row.cells["image_name_2"]) for row in file.rows() if not row.problem]

    @cached_property
    def _refused(self) -> set[str]:
        """The second image of each pair of copies that names two patients: a split would cut between them."""
        names = set(chain.from_iterable(self._pairs))
        if not names:
            return set()
        patients = {}
        for row in self._file.rows():
            name = row.cells.get(self._image, "")
            if name in names and not row.problem:
                patients[name] = _first(row.cells, [each for each in self._patients if each in row.cells])
        both = [(patients.get(one), patients.get(two), two) for one, two in self._pairs]
        return {two for first, second, two in both if first and second and first != second}


def _opened(path: Path, options: Options) -> TableFile:
    """2016's table has no header: it begins with an image and whether its lesion is benign."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        headless = bool(HEADLESS.match(file.readline(1000)))
    names = ("image_id", "benign_malignant") if headless else ()
    return TableFile(path, names=names, headless=headless, delimiter=options.delimiter, encoding=options.encoding)


def _second_table(path: Path, options: Options) -> TableFile | None:
    """The table of patients or lesions beside one of diagnoses: 2019's metadata, 2018's groupings."""
    for word in ("Metadata", "LesionGroupings"):
        name = re.sub("ground_?truth", word, path.name, flags=re.IGNORECASE)
        found = usual_files(path.parent, re.escape(name)) if name != path.name else []
        if found:
            second = TableFile(found[0], delimiter=options.delimiter, encoding=options.encoding)
            return second if column_among(second.header, IMAGES) else None
    return None


def _agreed(rows: list[Row], column: str) -> str:
    """What the rows of those tables that have a column say in it."""
    return agreed([row for row in rows if column in row.cells], column)


def _those_of(header: list[str], names: tuple[str, ...]) -> list[str]:
    found = [column_among(header, (name,)) for name in names]
    return [column for column in found if column]


def _first(cells: Mapping[str, str], columns: list[str]) -> str:
    """The first of these cells that is known."""
    known = [cells[column] for column in columns if not is_unknown(cells[column])]
    return known[0] if known else ""
