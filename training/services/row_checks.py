"""What a row of an imported table must fulfil, and the reason it is refused with."""

from __future__ import annotations

import re

from overread.archive.dicom import Refused
from training.services.label_table import is_garbled
from training.services.tables import TableError

INDICATION_MAX_LENGTH = 200  # characters; more is a report and not an indication


def check_text(row: dict[str, str], needed: list[str]) -> None:
    """Raises TableError naming the columns whose cells are no text."""
    garbled = [name for name in needed if is_garbled(row[name] or "")]
    if garbled:
        raise TableError(f"Column {', '.join(map(repr, garbled))} holds what is not UTF-8 text.")


def optional_cell(row: dict[str, str], column: str) -> str:
    """The text of an optional column, "" where the table has no such column."""
    if not column:
        return ""
    return (row[column] or "").strip()


def check_indication(indication: str, patient: str) -> None:
    """Raises TableError. Its text never repeats the indication, which may name a patient."""
    if len(indication) > INDICATION_MAX_LENGTH:
        raise TableError(f"The indication has more than {INDICATION_MAX_LENGTH} characters.")
    if not indication.isprintable():
        raise TableError("The indication holds a line break or another character that is no text.")
    if patient and patient.casefold() in re.findall(r"[\w-]+", indication.casefold()):
        raise TableError("The indication names the patient.")


def refusal_reason(problem: Exception) -> str:
    """The reason as the person who imports reads it."""
    if isinstance(problem, Refused):
        return problem.reason
    if isinstance(problem, OSError):
        return f"The file cannot be read: {problem.strerror}."
    return str(problem)
