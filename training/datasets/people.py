"""Sex and age, as tables write them."""

from __future__ import annotations

from training.datasets.errors import DatasetError
from training.datasets.numbers import number_text
from training.datasets.words import is_unknown, plain

SEXES = {"male": "M", "m": "M", "female": "F", "f": "F", "other": "O", "o": "O"}
OLDEST = 120.0


def sex_of(cell: str) -> str:
    """M, F or O; "" where nothing is known. Raises DatasetError for any other word."""
    if is_unknown(cell):
        return ""
    if plain(cell) not in SEXES:
        raise DatasetError("Its sex is neither male nor female nor unknown.")
    return SEXES[plain(cell)]


def age_of(cell: str) -> float | None:
    """Years; None where nothing is known, or nobody is of that age. Raises DatasetError for what is no number."""
    if is_unknown(cell):
        return None
    years = float(number_text(cell, "."))
    return years if 0 <= years <= OLDEST else None
