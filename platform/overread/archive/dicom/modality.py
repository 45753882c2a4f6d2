"""From stored values to the 16-bit numbers of a rendition, and back to modality values by a line (PS3.3 C.11.1)."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels.processing import apply_modality_lut

from .functional_groups import frame_macro
from .refusal import Refused, refusing

TOP = 65535


@dataclass(frozen=True)
class ModalityNumbers:
    """`numbers`: uint16 [rows, columns]; modality value = number × slope + intercept; `bits` can be in use."""

    numbers: np.ndarray[Any, np.dtype[np.uint16]]
    slope: float
    intercept: float
    bits: int

    def value(self, number: float) -> float:
        return number * self.slope + self.intercept


def modality_numbers(stored: np.ndarray[Any, Any], header: Dataset, *, frame: int, bits: int) -> ModalityNumbers:
    """The Modality LUT's values where there is one, else the stored values with Rescale Slope and Intercept beside."""
    if header.get("ModalityLUTSequence"):
        with refusing("attribute", "The Modality LUT Sequence holds no usable table."):
            table = int(header.ModalityLUTSequence[0].LUTDescriptor[2])
            return squeezed(apply_modality_lut(stored, header), bits=table)
    slope, intercept = _rescale(frame_macro(header, "PixelValueTransformationSequence", frame))
    plain = squeezed(stored, bits=bits)
    return ModalityNumbers(plain.numbers, plain.slope * slope, plain.intercept * slope + intercept, plain.bits)


def squeezed(values: np.ndarray[Any, Any], *, bits: int) -> ModalityNumbers:
    """Any values as uint16: unchanged where they fit, moved up where signed, scaled where wider than 16 bits."""
    if values.dtype.kind == "u" and values.dtype.itemsize <= 2:
        return ModalityNumbers(values.astype("<u2", copy=False), 1.0, 0.0, bits)
    if values.dtype.kind == "i" and values.dtype.itemsize <= 2:
        lowest = int(np.iinfo(values.dtype).min)
        moved = (values.astype(np.int32) - lowest).astype("<u2")
        return ModalityNumbers(moved, 1.0, float(lowest), 8 * values.dtype.itemsize)
    finite = np.nan_to_num(values.astype(np.float64), nan=_lowest_finite(values), posinf=None, neginf=None)
    low, high = float(finite.min()), float(finite.max())
    if not math.isfinite(high - low):
        raise Refused("attribute", "The pixel values span more than numbers can hold.")
    whole = values.dtype.kind in "iu" and high - low <= TOP
    slope = 1.0 if whole or high == low else (high - low) / TOP
    return ModalityNumbers(np.rint((finite - low) / slope).astype("<u2"), slope, low, 16)


def _lowest_finite(values: np.ndarray[Any, Any]) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.min()) if finite.size else 0.0


def _rescale(group: Dataset) -> tuple[float, float]:
    slope, intercept = (_number(group, "RescaleSlope", 1.0), _number(group, "RescaleIntercept", 0.0))
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
