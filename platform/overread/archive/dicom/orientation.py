"""Where the rows and columns of an image lead to in the patient (PS3.3 C.7.6.1.1.1 and C.7.6.2.1.1)."""

import re
from typing import Any

from pydicom.dataset import Dataset

from .functional_groups import frame_macro
from .raw_element import values_in

LETTERS = re.compile(r"[LRAPHF]{1,3}")
TOWARDS = (("L", "R"), ("P", "A"), ("H", "F"))  # what grows and what falls along x, y and z of the patient
LEAST = 0.3  # of a unit vector: less of a direction has no letter


def read_orientation(header: Dataset) -> str:
    """Patient Orientation as "row\\\\column", or what Image Orientation (Patient) comes to; "" where neither says it."""
    stated = _texts(values_in(header, "PatientOrientation"))
    if len(stated) == 2 and all(LETTERS.fullmatch(each) for each in stated):
        return "\\".join(stated)
    group = frame_macro(header, "PlaneOrientationSequence", 0)
    cosines = _numbers(group.get("ImageOrientationPatient"))
    if len(cosines) != 6:
        return ""
    row = _letters(cosines[:3])
    column = _letters(cosines[3:])
    if row and column:
        return f"{row}\\{column}"
    return ""


def _letters(direction: list[float]) -> str:
    """The letters of a direction, the one it mostly leads to first."""
    named = []
    for length, (grows, falls) in zip(direction, TOWARDS, strict=True):
        if abs(length) >= LEAST:
            named.append((abs(length), grows if length > 0 else falls))
    named.sort(reverse=True)
    return "".join(letter for _, letter in named)


def _texts(value: Any) -> list[str]:
    if value is None or isinstance(value, str):
        return []
    return [str(each).strip() for each in value]


def _numbers(value: Any) -> list[float]:
    try:
        return [float(each) for each in value]
    except (TypeError, ValueError):
        return []
