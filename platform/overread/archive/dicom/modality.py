"""From stored values to the 16-bit numbers of a rendition, and back to modality values by a line (PS3.3 C.11.1)."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from .functional_groups import frame_macro
from .lookup_table import LookupTable, Range, read_table
from .padding import Mask, padding_mask
from .refusal import Refused
from .shape import Shape

TOP = 65535
Values = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class ModalityNumbers:
    """`numbers`: uint16 [rows, columns]; modality value = number × slope + intercept.

    `bits` can be in use. Numbers from `padding[0]` to `padding[1]` are no measurement: nothing else in the image has
    them. `possible` is the lowest and the highest modality value that the image's bits can say, in whole numbers.
    """

    numbers: np.ndarray[Any, np.dtype[np.uint16]]
    slope: float
    intercept: float
    bits: int
    padding: Range | None = None
    possible: Range = (0, TOP)

    def value(self, number: float) -> float:
        return number * self.slope + self.intercept

    @property
    def measured(self) -> Values:
        """The numbers that are a measurement: [rows, columns] without padding, else in one row."""
        if self.padding is None:
            return self.numbers
        low, high = self.padding
        return self.numbers[(self.numbers < low) | (self.numbers > high)]

    @property
    def extremes(self) -> tuple[float, float]:
        """The lowest and the highest modality value that was measured."""
        measured = self.measured
        low, high = sorted((self.value(float(measured.min())), self.value(float(measured.max()))))
        return low, high


def modality_numbers(
    stored: Values, header: Dataset, *, frame: int, shape: Shape, little_endian: bool
) -> ModalityNumbers:
    """The Modality LUT's values where there is one, else the stored values with Rescale Slope and Intercept beside.

    Raises Refused for a table or a line that means nothing.
    """
    mask = padding_mask(stored, header, shape)
    if header.get("ModalityLUTSequence"):
        table = read_table(
            header.ModalityLUTSequence[0],
            "LUTDescriptor",
            "LUTData",
            possible=shape.value_range,
            little_endian=little_endian,
        )
        return _looked_up(stored, table, mask)
    slope, intercept = _rescale(frame_macro(header, "PixelValueTransformationSequence", frame))
    plain = to_uint16(stored, bits=shape.bits_stored, mask=mask)
    ends = [end * slope + intercept for end in shape.value_range]
    return replace(
        plain,
        slope=plain.slope * slope,
        intercept=plain.intercept * slope + intercept,
        possible=(math.floor(min(ends)), math.ceil(max(ends))),
    )


def _looked_up(stored: Values, table: LookupTable, mask: Mask | None) -> ModalityNumbers:
    numbers = table(stored).astype("<u2", copy=False)
    if mask is None:
        return ModalityNumbers(numbers, 1.0, 0.0, table.bits)
    # padding has no entry of its own in the table, so it gets a number that no measurement has
    used = np.bincount(numbers[~mask], minlength=TOP + 1) > 0
    spare = int(np.argmin(used))
    numbers[mask] = spare
    return ModalityNumbers(numbers, 1.0, 0.0, table.bits, padding=(spare, spare))


def to_uint16(values: Values, *, bits: int, mask: Mask | None = None) -> ModalityNumbers:
    """Any values as uint16: unchanged where they fit, moved up where signed, scaled where wider than 16 bits."""
    if values.dtype.kind in "ui" and values.dtype.itemsize <= 2:
        lowest = int(np.iinfo(values.dtype).min)
        if values.dtype.kind == "u":
            numbers = values.astype("<u2", copy=False)
        elif bits <= 8:  # models see shares of what the bits can say
            lowest = -(2 ** (bits - 1))
            numbers = (values.astype(np.int32) - lowest).astype("<u2")
        else:
            numbers = (values.astype(np.int32) - lowest).astype("<u2")
            bits = 8 * values.dtype.itemsize
        return ModalityNumbers(numbers, 1.0, float(lowest), bits, padding=_ends(numbers, mask))
    return _scaled(values, mask)


def _ends(numbers: Values, mask: Mask | None) -> Range | None:
    """The lowest and highest number under the mask, which lies on all numbers between them."""
    if mask is None:
        return None
    padding = numbers[mask]
    return int(padding.min()), int(padding.max())


def _scaled(values: Values, mask: Mask | None) -> ModalityNumbers:
    """Values of more than 16 bits; under a mask number 0 is kept for padding."""
    measured = np.isfinite(values) if mask is None else ~mask
    plain = values[measured].astype(np.float64)
    low = high = 0.0
    if plain.size:
        low = float(plain.min())
        high = float(plain.max())
    if not math.isfinite(high - low):
        raise Refused("attribute", "The pixel values span more than numbers can hold.")
    first = 0 if mask is None else 1
    whole = values.dtype.kind in "iu" and high - low <= TOP - first
    slope = 1.0
    if high > low and not whole:
        slope = (high - low) / (TOP - first)
    spread = np.rint((np.nan_to_num(values.astype(np.float64), nan=low, posinf=low, neginf=low) - low) / slope) + first
    if mask is None:
        return ModalityNumbers(spread.astype("<u2"), slope, low, 16)
    spread[mask] = 0
    return ModalityNumbers(spread.astype("<u2"), slope, low - slope, 16, padding=(0, 0))


def _rescale(group: Dataset) -> tuple[float, float]:
    slope = _number(group, "RescaleSlope", 1.0)
    intercept = _number(group, "RescaleIntercept", 0.0)
    if slope == 0:
        raise Refused("attribute", "Rescale Slope is zero.")
    return slope, intercept


def _number(group: Dataset, keyword: str, default: float) -> float:
    value = group.get(keyword)
    if value in (None, ""):
        return default
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise Refused("attribute", f"{keyword} is no number.") from error
    if not math.isfinite(number):
        raise Refused("attribute", f"{keyword} is no finite number.")
    return number
