"""PadChest: one row an image, whose labels are a list as Python writes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property

from training.datasets.by_image import agreed, items_by_image, lines_of, narrowed
from training.datasets.errors import DatasetError
from training.datasets.facts import OLDEST, sex_of
from training.datasets.images import Images
from training.datasets.items import ColumnKind, Facts, Item, Question
from training.datasets.numbers import Decimal
from training.datasets.options import Source
from training.datasets.table_file import Row, TableFile
from training.datasets.usual_files import column_among, usual_file
from training.datasets.words import is_negative, is_unknown, plain

TABLE = r"padchest_chest_x_ray_images_labels_160k.*\.csv"
IMAGE = "ImageID"
LABELS = "Labels"
# A name in quotes, or the nan that stands where a sentence of the report had no label.
# Possessive, so that what is no list is refused in one pass, however long it is.
PART = r"""\s*+(?:'((?:[^'\\]|\\.)*+)'|"((?:[^"\\]|\\.)*+)"|nan)\s*+"""
LIST = re.compile(rf"\[(?:{PART}(?:,{PART})*+)?,?\s*+\]")
EXCLUDED = "exclude"  # set by the authors: the report says nothing of the image
NOT_FINDINGS = {"unchanged", "suboptimal study"}
VIEWS = {"PA": "PA", "AP": "AP", "AP_HORIZONTAL": "AP", "L": "LATERAL"}
ROUNDED = re.compile(r"[\d.]+E\+\d+", re.IGNORECASE)  # a number of many digits that a spreadsheet has saved
NAMES_AT_MOST = 2_000


class Padchest:
    """What a row lists is present. What it does not list is unknown, as the labels form a tree, of which a row names what is most
    special: `loculated pleural effusion` without `pleural effusion`. Only `normal` says that there is nothing.
    """

    def __init__(self, source: Source, kinds: Mapping[str, ColumnKind]) -> None:
        path = source.table or usual_file(
            source.folder, TABLE, what="table PADCHEST_chest_x_ray_images_labels_160K….csv"
        )
        self._file = TableFile(path, needed=(IMAGE, LABELS), encoding=source.options.encoding)
        header = self._file.header
        self._patient = column_among(header, ["PatientID"])
        self._sex = column_among(header, ["PatientSex_DICOM"])
        self._birth = column_among(header, ["PatientBirth"])
        self._study = column_among(header, ["StudyDate_DICOM"])
        self._view = column_among(header, ["Projection"])
        self._method = column_among(header, ["MethodLabel"])
        self.tables = (path,)
        self.images = Images(source.root, prefix=source.options.prefix, suffix=source.options.suffix)

    def questions(self) -> tuple[Question, ...]:
        return tuple(Question(name, listed=True, why=f"listed in column {LABELS}") for name in self._counts[0])

    def items(self) -> Iterator[Item]:
        yield from items_by_image(self._rows(), IMAGE, self._item)

    def decimals(self) -> dict[str, Decimal]:
        return {}

    def notes(self) -> list[str]:
        methods = self._counts[1]
        if not methods:
            return []
        counted = ", ".join(f"{name} {count}" for name, count in methods.most_common(5))
        return [f"Rows by who labelled them: {counted}."]

    @cached_property
    def _counts(self) -> tuple[tuple[str, ...], Counter[str]]:
        """The names of all findings, and how many rows each method has labelled. Reads the whole table."""
        names: dict[str, str] = {}
        methods: Counter[str] = Counter()
        for row in self._rows():
            if row.problem:
                continue
            if self._method:
                methods[row.cells[self._method][:40]] += 1
            for name in _findings_of(row):
                names.setdefault(plain(name), name)
            if max(len(names), len(methods)) > NAMES_AT_MOST:
                raise DatasetError(
                    f"Column {LABELS!r} names more than {NAMES_AT_MOST} findings, and PadChest fewer than 200."
                )
        return tuple(names[key] for key in sorted(names)), methods

    def _rows(self) -> Iterator[Row]:
        """The rows without what may name a person, above all the report."""
        facts = (self._sex, self._birth, self._study, self._view)
        return narrowed(self._file.rows(), {IMAGE, LABELS, self._patient, *facts, self._method})

    def _item(self, rows: list[Row], _: list[Row]) -> Item:
        said = {frozenset(_labels(row.cells[LABELS])) for row in rows}
        if len(said) > 1:
            raise DatasetError(
                f"Lines {rows[0].line} to {rows[-1].line} are about the same image and list different labels."
            )
        labels = _labels(rows[0].cells[LABELS])
        if EXCLUDED in map(plain, labels):
            raise DatasetError(f"The set's authors have labelled it {EXCLUDED!r}: its report says nothing of it.")
        named = tuple(dict.fromkeys(name for name in labels if plain(name) not in NOT_FINDINGS))
        return Item(
            rows[0].line,
            rows[0].cells[IMAGE],
            lines_of(rows),
            patient=self._patient_of(rows),
            facts=self._facts(rows),
            named=named or None,
            complete=False,
        )

    def _patient_of(self, rows: list[Row]) -> str:
        patient = agreed(rows, self._patient)
        if ROUNDED.fullmatch(patient):
            raise DatasetError(
                f"Column {self._patient!r} was rounded by a spreadsheet. Take the table as it was downloaded."
            )
        return patient

    def _facts(self, rows: list[Row]) -> Facts:
        return Facts(
            sex=sex_of(agreed(rows, self._sex)),
            age_years=_age(agreed(rows, self._birth), agreed(rows, self._study)),
            view=VIEWS.get(agreed(rows, self._view).upper(), ""),
        )


def _labels(cell: str) -> list[str]:
    """The names in a list such as ['cardiomegaly', ' nodule', '', nan]. Raises DatasetError where it is none."""
    if is_unknown(cell):
        return []
    if not LIST.fullmatch(cell):
        raise DatasetError(f"Column {LABELS!r} says {cell[:80]!r}, which is no list as ['nodule', 'mass'].")
    found = (single or double for single, double in re.findall(PART, cell))
    return [" ".join(name.split()) for name in found if name.strip()]


def _findings_of(row: Row) -> list[str]:
    try:
        labels = _labels(row.cells[LABELS])
    except DatasetError:
        return []  # told where the row is read
    aside = NOT_FINDINGS | {EXCLUDED}
    return [name for name in labels if plain(name) not in aside and not is_negative(name) and not is_unknown(name)]


def _age(birth: str, study: str) -> float | None:
    """The age at the study, to a year, from a year of birth and a date such as 20140915."""
    born = re.fullmatch(r"(\d{4})(\.0)?", birth)
    taken = re.match(r"(\d{4})\d{4}", study)
    if not born or not taken:
        return None
    years = int(taken[1]) - int(born[1])
    return float(years) if 0 <= years <= OLDEST else None
