"""How large a pixel is, and in which plane that holds (PS3.3 10.7.1.3 and C.7.6.3.1.7)."""

import math
from dataclasses import dataclass
from typing import Any

from pydicom.dataset import Dataset

from .functional_groups import frame_macro
from .raw_element import values_in
from .values import SpacingKind

Pair = tuple[float, float]  # row spacing, column spacing
SAME = 0.01  # files round spacings; the least magnification that anybody corrects for is more than this share
# What these show lies in the plane of the pixels, so that Pixel Spacing is the patient's by definition
CROSS_SECTIONS = frozenset({"CT", "MR", "PT", "NM", "US", "IVUS", "OPT"})
MOST_ASPECT = 20.0


@dataclass(frozen=True)
class Scale:
    """`spacing` in millimetres or None; `aspect` is the height of a pixel by its width."""

    spacing: Pair | None
    kind: SpacingKind
    aspect: float


def read_scale(header: Dataset) -> Scale:
    """The size of a pixel by the attributes that there are, the most telling first."""
    spacing, kind = _spacing(header)
    if spacing:
        return Scale(spacing, kind, spacing[0] / spacing[1])
    return Scale(None, "unknown", _aspect(header))


def _spacing(header: Dataset) -> tuple[Pair | None, SpacingKind]:
    stated = _pair(frame_macro(header, "PixelMeasuresSequence", 0).get("PixelSpacing"))
    detector = _pair(values_in(header, "ImagerPixelSpacing")) or _pair(values_in(header, "NominalScannedPixelSpacing"))
    if stated and header.get("PixelSpacingCalibrationType"):
        return stated, "patient"
    if stated and detector and not _same(stated, detector):
        return stated, "patient"
    if detector:
        return _corrected(header, detector)
    if stated and header.get("Modality") in CROSS_SECTIONS:
        return stated, "patient"
    return stated, "unknown"  # of a projection nobody can tell whether it is the detector's or the patient's


def _corrected(header: Dataset, detector: Pair) -> tuple[Pair, SpacingKind]:
    factor = _number(header.get("EstimatedRadiographicMagnificationFactor"))
    if factor is None or factor < 1:  # what is imaged lies before the detector, never behind it
        return detector, "detector"
    return (detector[0] / factor, detector[1] / factor), "corrected"


def _same(one: Pair, other: Pair) -> bool:
    return all(math.isclose(a, b, rel_tol=SAME) for a, b in zip(one, other, strict=True))


def _aspect(header: Dataset) -> float:
    ratio = _pair(header.get("PixelAspectRatio"))
    if ratio is None:
        return 1.0
    aspect = ratio[0] / ratio[1]
    if 1 / MOST_ASPECT <= aspect <= MOST_ASPECT:
        return aspect
    return 1.0


def _pair(value: Any) -> Pair | None:
    """Two numbers above zero, or None."""
    try:
        row, column = value
    except (TypeError, ValueError):
        return None
    first = _number(row)
    second = _number(column)
    if first and second:
        return (first, second)
    return None


def _number(value: Any) -> float | None:
    """A finite number above zero, or None."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    if math.isfinite(number) and number > 0:
        return number
    return None
