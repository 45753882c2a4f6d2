"""Numbers as people and programs write them in tables."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from training.datasets.errors import DatasetError

Decimal = Literal[".", ","]
POINT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
COMMA = re.compile(r"[+-]?([0-9]+,?[0-9]*|,[0-9]+)([eE][+-]?[0-9]+)?")
THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+")


def number_text(cell: str, decimal: Decimal) -> str:
    """The cell as a plain number with a point. Raises DatasetError where it is none."""
    text = cell.strip()
    pattern = POINT if decimal == "." else COMMA
    if pattern.fullmatch(text):
        return text.replace(",", ".")
    if decimal == "." and "," in text:
        raise DatasetError(
            f"{text!r} is no number with a decimal point. Write 1200 for 1,200, or give the decimal sign."
        )
    raise DatasetError(f"{text!r} is no number.")


def is_number(cell: str, decimal: Decimal) -> bool:
    try:
        number_text(cell, decimal)
    except DatasetError:
        return False
    return True


def decimal_of(cells: Iterable[str]) -> Decimal:
    """The decimal sign of a column. Raises DatasetError where 1,234 may be a thousand or one and a bit."""
    commas = [cell for cell in cells if "," in cell and COMMA.fullmatch(cell.strip())]
    points = any("." in cell and POINT.fullmatch(cell.strip()) for cell in cells)
    if not commas or points:
        return "."
    if all(THOUSANDS.fullmatch(cell.strip()) for cell in commas):
        raise DatasetError(
            f"{commas[0].strip()!r} may stand for thousands or for a fraction. Say which sign is the decimal one."
        )
    return ","
