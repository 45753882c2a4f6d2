"""Boxes around findings, as tables write them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from training.datasets.errors import DatasetError
from training.datasets.items import SourceRegion
from training.datasets.numbers import number_text


def box_of_size(name: str, cells: Sequence[str], *, reader: str = "") -> SourceRegion:
    """A box from the cells x, y, width, height. Raises DatasetError where they are none."""
    x, y, width, height = _numbers(cells)
    return _box(name, (x, y, x + width, y + height), reader)


def box_of_corners(name: str, cells: Sequence[str], *, reader: str = "") -> SourceRegion:
    """A box from the cells left, top, right, bottom. Raises DatasetError where they are none."""
    return _box(name, _numbers(cells), reader)


def _numbers(cells: Sequence[str]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (float(number_text(cell, ".")) for cell in cells)
    return left, top, right, bottom


def _box(name: str, sides: tuple[float, float, float, float], reader: str) -> SourceRegion:
    left, top, right, bottom = sides
    if not all(map(math.isfinite, sides)) or left < 0 or top < 0 or right <= left or bottom <= top:
        raise DatasetError(f"The box around {name} is none.")
    return SourceRegion(name, "box", ((left, top), (right, bottom)), reader)
