"""Which pixels hold no measurement: the value or values that the file declares as padding (PS3.3 C.7.5.1.1.2)."""

from typing import Any, TypeAlias

import numpy as np
from pydicom.dataset import Dataset

from .refusal import Refused
from .shape import Shape

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]
PLAIN = ("PixelPaddingValue", "PixelPaddingRangeLimit")
FLOAT = ("FloatPixelPaddingValue", "FloatPixelPaddingRangeLimit")
WORD = 2**16  # values that US and SS can say: files write the one where the other is meant
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
    if mask.any() and not mask.all():
        return mask
    return None


def padding_range(header: Dataset, shape: Shape) -> tuple[float, float] | None:
    """The lowest and highest stored value that is padding; None where the file declares none that its bits can say."""
    value, limit = (_number(header.get(keyword)) for keyword in _keywords(shape))
    if value is None:
        return None
    if limit is None:
        limit = value
    ends = [value, limit]
    if shape.floating:
        return min(ends), max(ends)
    low, high = shape.value_range
    if shape.signed:
        ends = [_signed(int(end), shape) for end in ends]
    else:
        ends = [int(end) % WORD for end in ends]
    ends = [max(min(ends), low), min(max(ends), high)]
    if ends[0] <= ends[1]:
        return (ends[0], ends[1])
    return None


def _keywords(shape: Shape) -> tuple[str, str]:
    if not shape.floating:
        return PLAIN
    if shape.bits_allocated == 64:
        return DOUBLE
    return FLOAT


def check_padding(cells: np.ndarray[Any, Any], header: Dataset, shape: Shape) -> None:
    """Raises Refused where whole cells (uint16) hold a padding value that the bits stored cannot say.

    Cut to the bits stored, it would look like a measurement.
    """
    for keyword in PLAIN:
        value = _number(header.get(keyword))
        if value is None:
            continue
        word = int(value) % WORD
        sign_bits = WORD - 2 ** (shape.bits_stored - 1)
        fits = word < 2**shape.bits_stored or (shape.signed and word >= sign_bits)
        if not fits and (cells == word).any():
            raise Refused("contradiction", f"{keyword} is beyond Bits Stored, and pixels have it.")


def _number(value: Any) -> float | None:
    if isinstance(value, int | float) and not np.isnan(value):
        return value
    return None


def _signed(value: int, shape: Shape) -> int:
    """As two's complement of a word or, where that is beyond the bits stored, of these."""
    signed = _twos_complement(value, WORD)
    low, high = shape.value_range
    if high < signed <= high - low:
        return _twos_complement(signed, high - low + 1)
    return signed


def _twos_complement(value: int, size: int) -> int:
    return (value + size // 2) % size - size // 2
