"""What the columns of a table probably are, for whoever imports it to confirm."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Literal

from training.datasets.columns import CellCounts, Column, column_of
from training.datasets.errors import DatasetError
from training.datasets.images import Images
from training.datasets.items import ColumnKind
from training.datasets.options import Options, Source
from training.datasets.splits import split_of
from training.datasets.table_file import Row, TableFile
from training.datasets.words import NO, YES, is_unknown, plain

Role = Literal["", "image", "patient", "split", "sex", "age", "view", "indication", "label"]
LOOKED_AT = 5_000  # rows from the beginning
TRIED = 20  # of them, whose cells are looked for among the files
NAMING: tuple[Role, ...] = ("image", "patient", "indication")
SHOWN_VALUES = 12  # different cells of a column that is not known, and how often each occurs on average, to be shown
REPEATED = 10
FOUND_SHARE = 0.5  # of those, that are files in the column of the images
PATIENT = {"patient", "patient id", "patientid", "patient key", "subject", "subject id", "subjectid", "pid", "person"}
SPLIT = {"split", "set", "fold", "subset", "partition", "orig split", "dataset split"}
SEX = {"sex", "gender", "patient sex", "patient gender", "patientsex"}
AGE = {"age", "patient age", "age years", "age approx", "patientage"}
VIEW = {"view", "view position", "viewposition", "projection"}
INDICATION = {"indication", "reason for exam"}
LABEL = {
    *(
        "label",
        "labels",
        "finding",
        "findings",
        "finding labels",
        "class",
        "class name",
        "diagnosis",
        "target",
        "grade",
    ),
    *("dx", "pathology", "birads", "bi rads", "score", "stage", "boneage", "bone age"),
}
NEVER_LABEL = {
    "width",
    "height",
    "url",
    "license",
    "licence",
    "source",
    "id",
    "index",
    "size",
    "path",
    "report",
    "text",
}


@dataclass(frozen=True)
class ColumnGuess:
    """One column: what it probably is, and how it would be read as a label. `kind` is "" where that is left open, which
    `problem` tells.
    """

    name: str
    role: Role
    kind: ColumnKind | Literal[""]
    why: str
    problem: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class TableGuess:
    """The columns of a table in its order. `more`: there are rows beyond those that were looked at."""

    columns: tuple[ColumnGuess, ...]
    delimiter: str
    rows: int
    more: bool

    def options(self, options: Options) -> Options:
        """The options with what is guessed, in place of what they leave open."""
        by_role: dict[str, list[str]] = {}
        for column in self.columns:
            by_role.setdefault(column.role, []).append(column.name)

        def first(role: Role) -> str:
            return next(iter(by_role.get(role, [])), "")

        return replace(
            options,
            image_column=options.image_column or first("image"),
            patient_column=options.patient_column or first("patient"),
            split_column=options.split_column or first("split"),
            sex_column=options.sex_column or first("sex"),
            age_column=options.age_column or first("age"),
            view_column=options.view_column or first("view"),
            label_columns=options.label_columns or tuple(by_role.get("label", [])),
        )


def table_guess(source: Source, kinds: Mapping[str, ColumnKind]) -> TableGuess:
    """What the columns of a source's table probably are. `kinds`: those of the project's findings by plain name.

    Raises DatasetError where there is no table.
    """
    if source.table is None:
        raise DatasetError("Name the table.")
    options = source.options
    table = TableFile(source.table, delimiter=options.delimiter, encoding=options.encoding)
    rows = list(islice(table.rows(), LOOKED_AT + 1))
    good = [row for row in rows[:LOOKED_AT] if not row.problem]
    images = Images(source.images or source.table.parent, prefix=options.prefix, suffix=options.suffix)
    names = [name for name in dict.fromkeys(table.header) if name]
    image = _image_column([name for name in names if _may_name_files(name, good, kinds)], good, images)
    found = []
    taken: set[str] = set()
    for name in names:
        role: Role = "image" if name == image else _role(name, good, kinds)
        if role not in ("", "label") and role in taken:
            role = ""
        taken.add(role)
        found.append(_guess(name, role, good, options, kinds))
    return TableGuess(tuple(found), table.delimiter, len(rows[:LOOKED_AT]), len(rows) > LOOKED_AT)


def _may_name_files(name: str, rows: list[Row], kinds: Collection[str]) -> bool:
    """Not a column that is known as something else, nor one of yes and no: 0 and 1 may be the files 0.png and 1.png."""
    if plain(name) in {*kinds, *LABEL, *SPLIT, *SEX, *AGE, *VIEW}:
        return False
    cells = {row.cells.get(name, "").casefold() for row in rows}
    return not cells <= YES | NO


def _image_column(names: Collection[str], rows: list[Row], images: Images) -> str:
    """The column that names most different files; "" where half of its cells are none."""
    found = {name: _files_in([row.cells.get(name, "") for row in rows[:TRIED]], images) for name in names}
    best = max(found, key=lambda name: (len(set(found[name])), len(found[name])), default="")
    if best and found[best] and len(found[best]) >= FOUND_SHARE * len(rows[:TRIED]):
        return best
    return ""


def _files_in(cells: list[str], images: Images) -> list[Path]:
    """The files that these cells name, those that name none left out."""
    found = []
    for cell in cells:
        try:
            found.append(images.find(cell))
        except DatasetError:
            continue
    return found


def _role(name: str, rows: list[Row], kinds: Mapping[str, ColumnKind]) -> Role:
    """By its name, and by what it says where the name leaves it open."""
    text = plain(name)
    named: dict[Role, set[str]] = {
        "patient": PATIENT,
        "split": SPLIT,
        "sex": SEX,
        "age": AGE,
        "view": VIEW,
        "indication": INDICATION,
    }
    if text in kinds or text in LABEL:
        return "label"
    for role, names in named.items():
        if text in names:
            return role
    cells = {row.cells.get(name, "") for row in rows}
    known = {cell for cell in cells if not is_unknown(cell)}
    if known and all(split_of(cell) for cell in known):
        return "split"
    return ""


def _guess(name: str, role: Role, rows: list[Row], options: Options, kinds: Mapping[str, ColumnKind]) -> ColumnGuess:
    counts = CellCounts(name)
    for row in rows:
        counts.add([row.cells.get(name, "")])
    kind: ColumnKind | Literal[""] = ""
    why = ""
    problem = ""
    try:
        column = column_of(counts, options, options.kinds.get(name) or kinds.get(plain(name)), kinds)
        kind = _kind(column)
        why = column.questions[0].why if column.questions else ""
    except DatasetError as error:
        problem = str(error)
    if role in NAMING:
        # Its cells are identifiers and words about persons: they are not shown, nor kept with the guess.
        return ColumnGuess(name, role, "", "", "", {})
    # A column of yes and no, or of lists of findings, is a label whatever its name, unless that says otherwise.
    if not role and kind in ("binary", "names") and plain(name) not in NEVER_LABEL:
        role = "label"
    if not role and not _is_closed(counts, kind):
        return ColumnGuess(name, role, kind, why, "", {})
    return ColumnGuess(name, role, kind, why, problem, dict(counts.counts.most_common(12)))


def _is_closed(counts: CellCounts, kind: ColumnKind | Literal[""]) -> bool:
    """Whether a column that nobody knows holds a few words that come again and again, and so can name nobody."""
    known = counts.known()
    return kind == "categorical" and len(known) <= SHOWN_VALUES and known.total() >= REPEATED * len(known)


def _kind(column: Column) -> ColumnKind:
    if column.names:
        return "names"
    return column.questions[0].kind
