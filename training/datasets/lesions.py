"""What a row of a dermoscopic data set says of a lesion: whether it is a melanoma, and its diagnosis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from training.datasets.errors import DatasetError
from training.datasets.usual_files import column_among
from training.datasets.words import NO, YES, is_unknown, plain

MELANOMA = "melanoma"
CODES = {
    "mel": MELANOMA,
    "nv": "nevus",
    "bcc": "basal cell carcinoma",
    "ak": "actinic keratosis",
    "akiec": "actinic keratosis or intraepithelial carcinoma",
    "bkl": "benign keratosis",
    "df": "dermatofibroma",
    "vasc": "vascular lesion",
    "scc": "squamous cell carcinoma",
    "unk": "",  # none of the others, or nobody knows: both leave everything open
}
OF_2017 = {"melanoma": MELANOMA, "seborrheic keratosis": "seborrheic keratosis"}
NO_MELANOMA = {
    "nevus",
    "lentigo nos",
    "lichenoid keratosis",
    "seborrheic keratosis",
    "solar lentigo",
    *CODES.values(),
} - {
    MELANOMA,
    "",
}


@dataclass(frozen=True)
class Lesion:
    """`melanoma`: present, absent, or "" where the row leaves it open; so may `diagnosis`."""

    melanoma: str = ""
    diagnosis: str = ""


class LesionColumns(Protocol):
    """The columns of one form of table. `diagnoses`: all that it can name, or () where the cells decide."""

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def diagnoses(self) -> tuple[str, ...]: ...

    def lesion(self, cells: Mapping[str, str]) -> Lesion:
        """Raises DatasetError where the cells are not understood, or contradict each other."""


def lesion_columns(header: Sequence[str]) -> LesionColumns:
    """The form that a table with this header has. Raises DatasetError where it says nothing of a lesion."""
    codes = {name: CODES[plain(name)] for name in header if plain(name) in CODES}
    if MELANOMA in codes.values() and len(codes) > 2:
        return OneColumnEach(codes)
    of_2017 = {name: OF_2017[plain(name)] for name in header if plain(name) in OF_2017}
    if len(of_2017) == len(OF_2017):
        return OneColumnEach(of_2017, otherwise="nevus")
    if code := column_among(header, ("dx",)):
        return CodeColumn(code)
    words = WordColumns(
        diagnosis=column_among(header, ("diagnosis",)),
        malignant=column_among(header, ("benign_malignant", "label") if len(header) == 2 else ("benign_malignant",)),
        # Of 2020's table only: later ones of the archive call any cancer a target.
        target=column_among(header, ("target",)) if column_among(header, ("image_name",)) else "",
    )
    if not any(words.columns):
        raise DatasetError(
            "The table has no column of a diagnosis: neither MEL, NV …, nor melanoma, dx, diagnosis, benign_malignant or target."
        )
    return words


@dataclass(frozen=True)
class OneColumnEach:
    """2017 to 2019: a column for each diagnosis, 1 in one of them. `otherwise`: what it is where all are 0."""

    by_column: Mapping[str, str]
    otherwise: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.by_column)

    @property
    def diagnoses(self) -> tuple[str, ...]:
        names = [*self.by_column.values(), self.otherwise]
        return tuple(name for name in names if name)

    def lesion(self, cells: Mapping[str, str]) -> Lesion:
        marked = [column for column in self.by_column if _is_marked(column, cells[column])]
        if len(marked) > 1:
            raise DatasetError(f"It marks {marked[0]} and {marked[1]} at once.")
        if marked:
            return _lesion_of(self.by_column[marked[0]])
        if not self.otherwise:
            raise DatasetError("It marks no diagnosis at all.")
        return _lesion_of(self.otherwise)


@dataclass(frozen=True)
class CodeColumn:
    """HAM10000: a code in column dx."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def diagnoses(self) -> tuple[str, ...]:
        return tuple(CODES[code] for code in ("akiec", "bcc", "bkl", "df", "mel", "nv", "vasc"))

    def lesion(self, cells: Mapping[str, str]) -> Lesion:
        cell = cells[self.column]
        if is_unknown(cell):
            return Lesion()
        name = CODES.get(plain(cell))
        if name is None:
            raise DatasetError(f"Column {self.column!r} says {cell[:80]!r}, which is no code of a diagnosis.")
        return _lesion_of(name)


@dataclass(frozen=True)
class WordColumns:
    """2016, 2020 and the archive's own tables: words, any of which may be missing."""

    diagnosis: str = ""
    malignant: str = ""
    target: str = ""
    diagnoses: tuple[str, ...] = field(default=(), init=False)

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.diagnosis, self.malignant, self.target)

    def lesion(self, cells: Mapping[str, str]) -> Lesion:
        diagnosis = cells.get(self.diagnosis, "")
        said = {
            self.diagnosis: self._by_diagnosis(diagnosis),
            self.malignant: self._by_malignancy(cells.get(self.malignant, "")),
            self.target: self._by_target(cells.get(self.target, "")),
        }
        known = {column: word for column, word in said.items() if word}
        if len(set(known.values())) > 1:
            raise DatasetError(f"Columns {', '.join(known)} contradict each other on melanoma.")
        return Lesion(next(iter(known.values()), ""), "" if is_unknown(diagnosis) else diagnosis)

    def _by_diagnosis(self, cell: str) -> str:
        if plain(cell) == MELANOMA:
            return "present"
        return "absent" if plain(cell) in NO_MELANOMA else ""

    def _by_malignancy(self, cell: str) -> str:
        """A benign lesion is no melanoma. A malignant one is one only where the set knows no other cancer: 2016."""
        word = plain(cell)
        if is_unknown(cell):
            return ""
        if word == "benign" or word in NO:
            return "absent"
        if word != "malignant" and word not in YES:
            raise DatasetError(f"Column {self.malignant!r} says {cell[:80]!r}, neither benign nor malignant.")
        return "" if self.diagnosis else "present"

    def _by_target(self, cell: str) -> str:
        if is_unknown(cell):
            return ""
        return "present" if _is_marked(self.target, cell) else "absent"


def _is_marked(column: str, cell: str) -> bool:
    word = cell.casefold()
    if word not in YES | NO:
        raise DatasetError(f"Column {column!r} says {cell[:80]!r}, neither 0 nor 1.")
    return word in YES


def _lesion_of(diagnosis: str) -> Lesion:
    if not diagnosis:
        return Lesion()
    return Lesion("present" if diagnosis == MELANOMA else "absent", diagnosis)
