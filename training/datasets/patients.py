"""The patient in a file's path."""

from __future__ import annotations

import re

from training.datasets.errors import DatasetError


def pattern_of(text: str) -> re.Pattern[str] | None:
    """A pattern whose first group is the patient; None for "". Raises DatasetError where it is none."""
    if not text:
        return None
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise DatasetError(f"The pattern of the patients is no regular expression: {error}.") from None
    if pattern.groups < 1:
        raise DatasetError("The pattern of the patients needs a group in brackets, as in (person[0-9]+).")
    return pattern


def patient_in(file: str, pattern: re.Pattern[str] | None) -> str:
    """What the first group of the pattern finds anywhere in a path; "" where it finds nothing."""
    found = pattern.search(file) if pattern else None
    return (found.group(1) or "") if found else ""
