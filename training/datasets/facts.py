"""What tables say of a patient and a film beside the findings."""

from __future__ import annotations

import re

AGE = re.compile(r"(\d{1,3}(?:\.\d+)?)([YMWD]?)")
IN_A_YEAR = {"": 1.0, "Y": 1.0, "M": 12.0, "W": 52.18, "D": 365.25}
OLDEST = 120.0  # years; ages of 155 and 414 stand in public tables
SEXES = {"m": "M", "male": "M", "f": "F", "female": "F", "o": "O", "other": "O"}


def sex_of(cell: str) -> str:
    """M, F or O; "" for any other word, as Unknown."""
    return SEXES.get(cell.strip().casefold(), "")


def years_of(cell: str) -> float | None:
    """An age in years, from 58, 58.0, 058Y or 018M. None where there is none that a person reaches."""
    found = AGE.fullmatch(cell.strip().upper())
    if not found:
        return None
    years = float(found[1]) / IN_A_YEAR[found[2]]
    return years if years <= OLDEST else None
