"""What the label columns of a table mean for a project's findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.text import slugify

from labeling.values import NOT_ASSESSABLE, answer_problem
from overread.projects.models import Finding

YES = {"1", "1.0", "true", "yes", "y", "present", "positive"}
NO = {"0", "0.0", "false", "no", "n", "absent", "negative"}
UNCERTAIN = {"-1", "-1.0", "0.5", "uncertain", "u"}  # -1 as in CheXpert
UNKNOWN = {"", "na", "n/a", "nan", "unknown", "null"}
NEGATIVES = {"normal", "no-finding", "no-findings", "none", "negative", "benign", "healthy", "nothing"}
OPTIONS_AT_MOST = 30

Meaning = Literal["own", "names"]


@dataclass(frozen=True)
class Column:
    """One label column. `own`: it answers the finding of its name; `names`: its cells name the findings that are
    present.
    """

    name: str
    meaning: Meaning
    findings: tuple[str, ...]


class TableError(Exception):
    """The table cannot be read as asked. The text says which column, and what to do."""


def atoms(cell: str, separator: str) -> list[str]:
    """The slugs of the names in a cell."""
    return [slug for part in cell.split(separator) if (slug := slugify(part.replace("_", " ")))]


def findings_from_labels(values: Mapping[str, Iterable[str]], *, separator: str, unit: str) -> list[dict[str, Any]]:
    """The findings a new project needs for these label columns, by the distinct values of each. Raises TableError."""
    specs: list[dict[str, Any]] = []
    for column, cells in values.items():
        distinct = {cell.strip() for cell in cells} - {""}
        known = {cell for cell in distinct if cell.lower() not in UNKNOWN}
        if not known:
            raise TableError(f"Column {column!r} holds no label.")
        specs += _specs_of(column, known, separator, unit)
    return specs


def _specs_of(column: str, known: set[str], separator: str, unit: str) -> list[dict[str, Any]]:
    slug, name = slugify(column.replace("_", " ")), _named(column)
    words = {cell.lower() for cell in known}
    strange = words - YES - NO - UNCERTAIN
    if words & (YES | NO) and not (strange and all(map(_is_number, known))):  # a strange cell is a bad row, no option
        return [{"slug": slug, "name": name}]
    if (
        any(separator in cell for cell in known)
        or {atom for cell in known for atom in atoms(cell, separator)} & NEGATIVES
    ):
        names = sorted({atom for cell in known for atom in atoms(cell, separator)} - NEGATIVES)
        return [{"slug": atom, "name": _named(atom)} for atom in names]
    if all(_is_number(cell) for cell in known):
        return [{"slug": slug, "name": name, "kind": Finding.Kind.MEASUREMENT, "unit": unit or "units"}]
    if len(known) > OPTIONS_AT_MOST:
        raise TableError(
            f"Column {column!r} holds {len(known)} different words; make the project and its findings first."
        )
    return [{"slug": slug, "name": name, "kind": Finding.Kind.CATEGORICAL, "options": sorted(known)}]


def _named(text: str) -> str:
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
    found = []
    for name in names:
        slug = slugify(name.replace("_", " "))
        if slug in findings:
            found.append(Column(name, "own", (slug,)))
            continue
        named = sorted({atom for cell in values[name] for atom in atoms(cell, separator)} & set(findings))
        if not named:
            have = ", ".join(sorted(findings))
            raise TableError(
                f"Column {name!r} neither is named after a finding of the project ({have}) nor names one in its cells."
            )
        found.append(Column(name, "names", tuple(named)))
    return found


def labels_of(
    row: Mapping[str, str], columns: Iterable[Column], findings: Mapping[str, Finding], separator: str
) -> dict[str, str]:
    """Finding slug → answer, from one row; what is unknown is left out. Raises TableError naming column and value."""
    labels: dict[str, str] = {}
    for column in columns:
        cell = (row.get(column.name) or "").strip()
        if cell.lower() in UNKNOWN:
            continue
        if column.meaning == "names":
            said = set(atoms(cell, separator))
            labels |= {slug: "present" if slug in said else "absent" for slug in column.findings}
        else:
            labels[column.findings[0]] = _answer(findings[column.findings[0]], cell, column.name)
    return labels


def _answer(finding: Finding, cell: str, column: str) -> str:
    value = cell
    if finding.kind == Finding.Kind.BINARY:
        word = cell.lower()
        value = "present" if word in YES else "absent" if word in NO else "uncertain" if word in UNCERTAIN else cell
    if value == NOT_ASSESSABLE or (problem := answer_problem(finding, value)):
        raise TableError(f"Column {column!r} says {cell!r}. {problem or ''}".strip())
    return value
