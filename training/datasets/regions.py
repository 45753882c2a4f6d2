"""Boxes and polygons of annotation files, checked against their image."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from training.datasets.errors import DatasetError
from training.datasets.items import SourceRegion

Point = tuple[float, float]
SLACK_PIXELS = (
    2.0  # what rounding puts outside an image; a box further out is of another image, or of another size of it
)
SLACK_SHARE = 0.01


@dataclass(frozen=True)
class Frame:
    """The image's size in pixels; 0 where it is not told."""

    width: float = 0
    height: float = 0


def box(name: str, one: Point, other: Point, frame: Frame, reader: str = "") -> SourceRegion:
    """Raises DatasetError for a box without an area, or outside the image."""
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    low, high = _within((left, top), frame), _within((right, bottom), frame)
    if low[0] >= high[0] or low[1] >= high[1]:
        raise DatasetError(f"A box of {name} has no area.")
    return SourceRegion(name, "box", (low, high), reader)


def polygon(name: str, points: Sequence[Point], frame: Frame, reader: str = "") -> SourceRegion:
    """Raises DatasetError for a polygon of fewer than three points, or outside the image."""
    inside = tuple(_within(point, frame) for point in points)
    if len(set(inside)) < 3:
        raise DatasetError(f"A polygon of {name} has fewer than three points.")
    return SourceRegion(name, "polygon", inside, reader)


def numbers(value: object, what: str) -> list[float]:
    """A list of finite numbers. Raises DatasetError for anything else."""
    if not isinstance(value, list):
        raise DatasetError(f"{what} is no list of numbers.")
    return [number(each, what) for each in value]


def number(value: object, what: str) -> float:
    """A finite number. Raises DatasetError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DatasetError(f"{what} is no number.")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise DatasetError(f"{what} is no finite number.")
    return found


def _within(point: Point, frame: Frame) -> Point:
    return _along(point[0], frame.width), _along(point[1], frame.height)


def _along(place: float, size: float) -> float:
    slack = max(SLACK_PIXELS, SLACK_SHARE * size)
    if place < -slack or (size and place > size + slack):
        raise DatasetError("A region lies outside its image: it is of another image, or of another size of it.")
    return min(max(place, 0.0), size) if size else max(place, 0.0)
