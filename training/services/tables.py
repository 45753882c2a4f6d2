"""What the label columns of a table mean for a project's findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.text import slugify

from labeling.values import NOT_ASSESSABLE, answer_problem
from overread.projects.models import Finding
from overread.projects.services import FindingSpec

YES = {"1", "1.0", "true", "yes", "y", "present", "positive"}
NO = {"0", "0.0", "false", "no", "n", "absent", "negative"}
UNCERTAIN = {"-1", "-1.0", "0.5", "uncertain", "u"}  # -1 as in CheXpert
UNKNOWN = {"", "na", "n/a", "nan", "unknown", "null"}
NEGATIVES = {"normal", "no-finding", "no-findings", "none", "negative", "benign", "healthy", "nothing"}
OPTIONS_AT_MOST = 30  # more distinct words than this are free text, not the options of a finding

Meaning = Literal["own", "names"]


@dataclass(frozen=True)
class Column:
    """One label column.

    `own`: the column answers the finding of its name. `names`: its cells name the findings that are present.
    """

    name: str
    meaning: Meaning
    findings: tuple[str, ...]


class TableError(Exception):
    """The table cannot be read as asked. The text says which column, and what to do."""


def named_slugs(cell: str, separator: str) -> list[str]:
    """The slugs of the names in a cell."""
    slugs = [_slug(part) for part in cell.split(separator)]
    return [slug for slug in slugs if slug]


def findings_from_labels(values: Mapping[str, Iterable[str]], *, separator: str, unit: str) -> list[FindingSpec]:
    """The findings a new project needs for these label columns, by the distinct values of each. Raises TableError."""
    specs: list[FindingSpec] = []
    for column, cells in values.items():
        distinct = {cell.strip() for cell in cells}
        known = {cell for cell in distinct if cell.lower() not in UNKNOWN}
        if not known:
            raise TableError(f"Column {column!r} holds no label.")
        specs += _findings_of_column(column, known, separator, unit)
    return specs


def _findings_of_column(column: str, known: set[str], separator: str, unit: str) -> list[FindingSpec]:
    """The findings behind one column, guessed from its known cells: yes/no, names, numbers, then options."""
    own: FindingSpec = {"slug": _slug(column), "name": _display_name(column)}
    numeric = all(_is_number(cell) for cell in known)
    if _is_yes_no(known, numeric=numeric):
        return [own]
    names = _all_names(known, separator)
    if names & NEGATIVES or any(separator in cell for cell in known):
        return [{"slug": slug, "name": _display_name(slug)} for slug in sorted(names - NEGATIVES)]
    if numeric:
        return [{**own, "kind": "measurement", "unit": unit or "units"}]
    if len(known) > OPTIONS_AT_MOST:
        raise TableError(
            f"Column {column!r} holds {len(known)} different words; make the project and its findings first."
        )
    return [{**own, "kind": "categorical", "options": sorted(known)}]


def _is_yes_no(known: set[str], *, numeric: bool) -> bool:
    """Whether the cells answer yes or no.

    0 and 1 among other numbers are measurements. 0 and 1 beside other words still answer yes or no: a word that is
    neither makes its row bad, and no option.
    """
    words = {cell.lower() for cell in known}
    if not words & (YES | NO):
        return False
    others = words - YES - NO - UNCERTAIN
    return not (others and numeric)


def _all_names(cells: Iterable[str], separator: str) -> set[str]:
    found: set[str] = set()
    for cell in cells:
        found.update(named_slugs(cell, separator))
    return found


def _slug(text: str) -> str:
    # slugify keeps underscores, and a finding's slug has none: "Pleural_Thickening" is "pleural-thickening".
    return slugify(text.replace("_", " "))


def _display_name(text: str) -> str:
    return text.replace("_", " ").replace("-", " ").strip().capitalize()


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def columns_of(
    names: Iterable[str], findings: Mapping[str, Finding], values: Mapping[str, Iterable[str]], separator: str
) -> list[Column]:
    """How each label column answers the project's findings. Raises TableError for one that answers none."""
    columns = []
    for name in names:
        slug = _slug(name)
        if slug in findings:
            columns.append(Column(name, "own", (slug,)))
            continue
        named = sorted(_all_names(values[name], separator) & set(findings))
        if not named:
            have = ", ".join(sorted(findings))
            raise TableError(
                f"Column {name!r} neither is named after a finding of the project ({have}) nor names one in its cells."
            )
        columns.append(Column(name, "names", tuple(named)))
    return columns


def labels_of(
    row: Mapping[str, str], columns: Iterable[Column], findings: Mapping[str, Finding], separator: str
) -> dict[str, str]:
    """Finding slug → answer, from one row. Unknown findings are left out. Raises TableError naming column and value."""
    labels: dict[str, str] = {}
    for column in columns:
        cell = (row.get(column.name) or "").strip()
        if cell.lower() in UNKNOWN:
            continue
        if column.meaning == "own":
            slug = column.findings[0]
            labels[slug] = _answer(findings[slug], cell, column.name)
            continue
        present = named_slugs(cell, separator)
        for slug in column.findings:
            labels[slug] = "present" if slug in present else "absent"
    return labels


def _answer(finding: Finding, cell: str, column: str) -> str:
    """The cell as an answer to the finding. Raises TableError where it is none."""
    value = cell
    if finding.kind == Finding.Kind.BINARY:
        value = _binary_answer(cell)
    if value == NOT_ASSESSABLE:
        raise TableError(f"Column {column!r} says {cell!r}.")
    problem = answer_problem(finding, value)
    if problem:
        raise TableError(f"Column {column!r} says {cell!r}. {problem}")
    return value


def _binary_answer(cell: str) -> str:
    """present, absent or uncertain. Any other cell stays as it is, for the message that refuses it."""
    word = cell.lower()
    if word in YES:
        return "present"
    if word in NO:
        return "absent"
    if word in UNCERTAIN:
        return "uncertain"
    return cell
