"""Whose image it is: from a column or from the file's path."""

from __future__ import annotations

import re

from overread.archive.patients import patient_known
from training.datasets.errors import DatasetError
from training.datasets.items import Item
from training.datasets.options import Options

WHOLE_NUMBER = re.compile(r"0*([0-9]+)(\.0+)?")


class Patients:
    """The patient of each item by the options. Raises DatasetError where the pattern is none, or has no group."""

    def __init__(self, options: Options) -> None:
        self.decided = bool(options.patient_ids)
        self._by_number = options.patient_ids == "numbers"
        self._pattern = pattern_of(options.patient_pattern)

    def of(self, item: Item) -> str:
        """The identifier, "" where nothing names one. Raises DatasetError where the pattern does not fit the file's path."""
        text = patient_known(item.patient)
        if not text and self._pattern is not None:
            found = self._pattern.search(item.file.replace("\\", "/"))
            if found is None:
                raise DatasetError("The pattern of the patient does not fit the file's path.")
            text = patient_known(found[1] or "")
        if self._by_number:
            return number_form(text)
        return text


def pattern_of(text: str) -> re.Pattern[str] | None:
    """A pattern whose first group is the patient; None for "". Raises DatasetError where it is none."""
    if not text:
        return None
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise DatasetError(f"The pattern of the patient is no regular expression: {error}.") from None
    if pattern.groups < 1:
        raise DatasetError("The pattern of the patient needs a group in brackets, as in (person[0-9]+).")
    return pattern


def patient_in(file: str, pattern: re.Pattern[str] | None) -> str:
    """What the first group of the pattern finds anywhere in a path; "" where it finds nothing."""
    found = pattern.search(file) if pattern else None
    return (found.group(1) or "") if found else ""


def number_form(text: str) -> str:
    """An identifier without the zeros before a whole number and the .0 behind it: 7 for 007 and 7.0. Others stay."""
    found = WHOLE_NUMBER.fullmatch(text)
    return found[1] if found else text
