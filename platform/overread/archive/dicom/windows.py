"""The windows to show a grey image with: the file's own, or one found in its values (PS3.3 C.11.2)."""

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from .functional_groups import frame_macro
from .modality import ModalityNumbers
from .values import Function, Window
from .voi_lut import table_windows

PERCENTILES = (0.5, 99.5)
FUNCTIONS: dict[str, Function] = {"LINEAR": "LINEAR", "LINEAR_EXACT": "LINEAR_EXACT", "SIGMOID": "SIGMOID"}
AUTOMATIC = "Automatic"
UNREADABLE = "Automatic, VOI LUT unreadable"


def windows(header: Dataset, image: ModalityNumbers, *, frame: int, little_endian: bool) -> tuple[Window, ...]:
    """VOI LUTs first, then windows, in the file's order; those that would show nothing of this image are left out."""
    low, high = image.extremes
    group = _voi_group(header, frame)
    tables, unreadable = table_windows(group, possible=image.possible, little_endian=little_endian)
    useful = tuple(window for window in [*tables, *_stated_windows(group)] if shows(window, low, high))
    if useful:
        return useful
    found = automatic_window(image)
    if unreadable:
        return (replace(found, label=UNREADABLE),)
    return (found,)


def _voi_group(header: Dataset, frame: int) -> Dataset:
    """Where this frame's windows and VOI LUTs stand: in its functional group, or in the header."""
    group = frame_macro(header, "FrameVOILUTSequence", frame)
    if "WindowCenter" in group or "VOILUTSequence" in group:
        return group
    return header


def automatic_window(image: ModalityNumbers) -> Window:
    """The full range of 8 bits, else from the 0.5th to the 99.5th percentile of what was measured."""
    if image.bits <= 8:
        low = 0
        high = 2**image.bits - 1
    else:
        counts = np.bincount(image.numbers.ravel(), minlength=65536)
        if image.padding is not None:
            counts[image.padding[0] : image.padding[1] + 1] = 0
        low, high = percentile_span(counts)
    edges = sorted((image.value(low), image.value(high)))
    if image.slope == 1.0 and image.intercept.is_integer():
        return Window(AUTOMATIC, (edges[0] + edges[1] + 1) / 2, edges[1] - edges[0] + 1)
    return Window(AUTOMATIC, (edges[0] + edges[1]) / 2, max(edges[1] - edges[0], abs(image.slope)), "LINEAR_EXACT")


def percentile_span(counts: np.ndarray[Any, Any]) -> tuple[int, int]:
    """Smallest numbers below which at least 0.5 and 99.5 percent of `counts` (a histogram over the numbers) lie."""
    cumulated = np.cumsum(counts)
    low, high = np.searchsorted(cumulated, [cumulated[-1] * percent / 100 for percent in PERCENTILES])
    return int(low), int(high)


def _stated_windows(group: Dataset) -> list[Window]:
    centers, widths = (_floats(group.get(keyword)) for keyword in ("WindowCenter", "WindowWidth"))
    labels = [str(label) for label in _several(group.get("WindowCenterWidthExplanation"))]
    labels += [""] * len(centers)
    function = FUNCTIONS.get(str(group.get("VOILUTFunction") or "LINEAR").strip(), "LINEAR")
    least = 1.0 if function == "LINEAR" else 0.0
    return [
        Window(labels[index].strip() or _unnamed(index), center, width, function)
        for index, (center, width) in enumerate(zip(centers, widths, strict=False))
        if math.isfinite(center) and math.isfinite(width) and width >= least and width > 0
    ]


def _unnamed(index: int) -> str:
    if index == 0:
        return "File"
    return f"File {index + 1}"


def _several(value: Any) -> Iterable[Any]:
    if value is None or value == "":
        return ()
    if isinstance(value, MultiValue | list):
        return value
    return (value,)


def _floats(value: Any) -> list[float]:
    try:
        return [float(part) for part in _several(value)]
    except (TypeError, ValueError):
        return []


def shows(window: Window, low: float, high: float) -> bool:
    """Whether some of the values from `low` to `high` get a grey between black and white."""
    below = window.center - window.width / 2
    above = window.center + window.width / 2
    return low == high or (below < high and above > low)
