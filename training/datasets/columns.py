"""How a column of labels is read: one decision, by which its finding is made and its cells are read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from training.datasets.errors import DatasetError
from training.datasets.items import ColumnKind, Kind, Question
from training.datasets.numbers import Decimal, decimal_of, is_number
from training.datasets.options import Options
from training.datasets.words import NO, UNCERTAIN, YES, is_negative, is_unknown, plain

VALUES_AT_MOST = 10_000  # distinct cells of a column that are counted one by one
OPTIONS_AT_MOST = 30  # more distinct words than this are free text, not the options of a finding
GRADES_AT_MOST = 10  # whole numbers up to here, three different ones or more, are grades: BI-RADS, Kellgren-Lawrence
STRAY_SHARE = 0.1  # of the cells: so few that fit nothing are mistakes in rows, and decide nothing
# 5, <5, 1,200, inf, 80 y: what people write where a number is asked for
NUMBER_LIKE = re.compile(r"[<>≤≥~]?\s*[+-]?([0-9.,]+([eE][+-]?[0-9]+)?(\s*[^\W\d]+)?|inf(inity)?)", re.IGNORECASE)
SEPARATORS = ("|", ";", ",", "/")


@dataclass
class CellCounts:
    """The distinct cells of one column with how often each occurs, and what several rows of one image say.

    `several`: an image has rows that differ here. `more`: cells beyond those counted one by one.
    """

    name: str
    counts: Counter[str] = field(default_factory=Counter)
    several: bool = False
    more: int = 0

    def add(self, cells: Iterable[str]) -> None:
        """The cells of one image's rows."""
        distinct = set()
        for cell in cells:
            distinct.add(cell)
            if cell in self.counts or len(self.counts) < VALUES_AT_MOST:
                self.counts[cell] += 1
            else:
                self.more += 1
        if len(distinct) > 1:
            self.several = True

    def known(self) -> Counter[str]:
        return Counter({cell: count for cell, count in self.counts.items() if not is_unknown(cell)})


@dataclass(frozen=True)
class Column:
    """One column of labels, and how it is read. `names`: its cells list findings; those are in `questions`.

    `complete`: what a row does not list is absent, as the column lists all and says explicitly where there is nothing.
    """

    name: str
    names: bool
    questions: tuple[Question, ...]
    separator: str = ""
    decimal: Decimal = "."
    complete: bool = True


def column_of(counts: CellCounts, options: Options, kind: ColumnKind | None, findings: Collection[str]) -> Column:
    """How to read a column. `kind`: what is settled already, by the finding of its name or by the importer. `findings`: the
    names of the project's findings, made `plain`. Raises DatasetError where the cells leave it open.
    """
    known = counts.known()
    if not known and kind is None:
        raise DatasetError(f"Column {counts.name!r} holds no label.")
    if kind is not None and kind != "names":
        return _settled(counts.name, kind, known, options)
    separator = _separator(known, options)
    listed = any(separator in cell for cell in known)
    negative = any(is_negative(cell) for cell in known if cell.casefold() not in NO)
    named = any(plain(part) in findings for cell in known for part in parts_of(cell, separator))
    if kind == "names" or (not _is_yes_no(known) and (listed or negative or named or counts.several)):
        return _names(counts.name, known, separator, complete=listed or negative)
    return _own(counts.name, known, options)


def _settled(name: str, kind: Kind, known: Counter[str], options: Options) -> Column:
    choices = options.choices.get(name, ())
    if kind == "categorical" and not choices:
        choices = tuple(_sorted_options(known))
    question = Question(name, kind, choices, _unit(name, kind, options), why="as was said")
    decimal = options.decimal or (decimal_of(known) if kind == "measurement" else ".")
    return Column(name, names=False, questions=(question,), decimal=decimal)


def _own(name: str, known: Counter[str], options: Options) -> Column:
    """A column that answers the finding of its own name: yes or no, a number, or one of a few words."""
    if _is_yes_no(known):
        return Column(name, names=False, questions=(Question(name, why=_said_words(known)),))
    if {cell.casefold() for cell in known} <= UNCERTAIN:
        raise DatasetError(
            f"Column {name!r} holds only {', '.join(sorted(known))}: nothing says whether that means uncertain or unknown. "
            "Give its kind, or leave it out."
        )
    decimal: Decimal = options.decimal or decimal_of(known)
    numbers = sum(count for cell, count in known.items() if is_number(cell, decimal))
    share = numbers / known.total()
    if share == 1 and _are_grades(known, decimal):
        grades = tuple(_sorted_options(known))
        return Column(name, False, (Question(name, "categorical", grades, why="a few whole numbers, read as grades"),))
    if _are_numbers(known, share) and not _grade_like(known, decimal):
        unit = _unit(name, "measurement", options)
        return Column(name, False, (Question(name, "measurement", unit=unit, why="numbers"),), decimal=decimal)
    if len(known) > OPTIONS_AT_MOST:
        raise DatasetError(f"Column {name!r} holds {len(known)} different words. Give its kind, or leave it out.")
    return Column(name, False, (Question(name, "categorical", tuple(_sorted_options(known)), why="a few words"),))


def _names(name: str, known: Counter[str], separator: str, *, complete: bool) -> Column:
    found: Counter[str] = Counter()
    for cell, count in known.items():
        for part in parts_of(cell, separator):
            if not is_negative(part) and not is_unknown(part):
                found[part] += count
    why = f"listed in column {name}"
    questions = tuple(Question(each, listed=True, why=why) for each in sorted(found))
    return Column(name, names=True, questions=questions, separator=separator, complete=complete)


def parts_of(cell: str, separator: str) -> list[str]:
    """The names in a cell, without blanks around them."""
    if not separator:
        return [cell.strip()] if cell.strip() else []
    return [part.strip() for part in cell.split(separator) if part.strip()]


def _separator(known: Counter[str], options: Options) -> str:
    """The sign between names in one cell: the one given, else the one that occurs between names that occur alone, too."""
    if options.separator:
        return options.separator
    alone = {cell.strip() for cell in known}
    for separator in SEPARATORS:
        pieces = [part for cell in known if separator in cell for part in parts_of(cell, separator)]
        if pieces and (separator == "|" or set(pieces) & alone):
            return separator
    return "|"


def _is_yes_no(known: Counter[str]) -> bool:
    """Whether the cells answer yes or no. A few that are neither are mistakes in their rows."""
    words = {cell.casefold() for cell in known}
    if not words & (YES | NO):
        return False
    fitting = YES | NO | UNCERTAIN
    strays = sum(count for cell, count in known.items() if cell.casefold() not in fitting)
    # Two different answers, or one without any stray: "1" among 2+ and 3+ is a grade.
    both = bool(words & YES) and bool(words & NO)
    return strays == 0 or (both and strays / known.total() <= STRAY_SHARE and not _numeric_strays(known, fitting))


def _numeric_strays(known: Counter[str], fitting: set[str]) -> bool:
    """Whether what is neither yes nor no begins with a figure: 0 and 1 among 2, 3, 4A are grades or numbers."""
    return any(cell[:1].isdigit() for cell in known if cell.casefold() not in fitting)


def _are_numbers(known: Counter[str], share: float) -> bool:
    """Whether a column measures, `share` of its cells being plain numbers. What is none is refused row by row."""
    if share > 1 - STRAY_SHARE:
        return True
    return share >= 0.5 and all(NUMBER_LIKE.fullmatch(cell) for cell in known)


def _are_grades(known: Counter[str], decimal: Decimal) -> bool:
    values = {float(cell.replace(",", ".")) for cell in known if is_number(cell, decimal)}
    whole = all(value.is_integer() and 0 <= value <= GRADES_AT_MOST for value in values)
    return whole and len(values) >= 3


def _grade_like(known: Counter[str], decimal: Decimal) -> bool:
    """Whether the cells that are numbers are grades and the others begin with a figure: 0 to 6 beside 4A."""
    others = [cell for cell in known if not is_number(cell, decimal)]
    numbers = Counter({cell: count for cell, count in known.items() if is_number(cell, decimal)})
    return bool(others) and all(cell[:1].isdigit() for cell in others) and _are_grades(numbers, decimal)


def _sorted_options(known: Iterable[str]) -> list[str]:
    """By number where an option begins with one, else by text."""

    def place(option: str) -> tuple[bool, float, str]:
        digits = option[: len(option) - len(option.lstrip("0123456789"))]
        return not digits, float(digits or 0), option

    return sorted(known, key=place)


def _unit(name: str, kind: Kind, options: Options) -> str:
    if kind != "measurement":
        return ""
    return options.units.get(name) or options.unit or "units"


def _said_words(known: Counter[str]) -> str:
    return "yes and no, as " + ", ".join(sorted(known)[:4])
