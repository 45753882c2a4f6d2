"""Which pixels hold no measurement: the value or values that the file declares as padding (PS3.3 C.7.5.1.1.2)."""

from typing import Any, TypeAlias

import numpy as np
from pydicom.dataset import Dataset

from .shape import Shape

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
PLAIN = ("PixelPaddingValue", "PixelPaddingRangeLimit")
FLOAT = ("FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit")
DOUBLE = ("DoubleFloatPixelPaddingValue", "DoubleFloatPixelPaddingRangeLimit")


def padding_mask(stored: np.ndarray[Any, np.dtype[Any]], header: Dataset, shape: Shape) -> Mask | None:
    """Where `stored` is padding: bool of its shape. None where no pixel is, or every one.

    Stored values are compared, before any rescaling or lookup. Numbers that are no finite value are padding, too.
    """
    mask = np.zeros(stored.shape, bool)
    if (limits := padding_range(header, shape)) is not None:
        mask = (stored >= limits[0]) & (stored <= limits[1])
    if stored.dtype.kind == "f":
        mask |= ~np.isfinite(stored)
    return mask if mask.any() and not mask.all() else None


def padding_range(header: Dataset, shape: Shape) -> tuple[float, float] | None:
    """The lowest and highest stored value that is padding; None where the file declares none."""
    keywords = (DOUBLE if shape.bits_allocated == 64 else FLOAT) if shape.floating else PLAIN
    value, limit = (_number(header.get(keyword)) for keyword in keywords)
    if value is None:
        return None
    ends = [value, value if limit is None else limit]
    if not shape.floating:
        ends = [_as_stored(int(end), shape) for end in ends]
    return min(ends), max(ends)


def _number(value: Any) -> float | None:
    if isinstance(value, int | float) and np.isfinite(value):
        return value
    return None


def _as_stored(value: int, shape: Shape) -> int:
    """The stored value with these bits. Files write it as US where pixels are signed, and the other way round."""
    low, high = shape.value_range
    return (value - low) % (high - low + 1) + low
