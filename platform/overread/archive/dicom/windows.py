"""The windows to show a grey image with: the file's own, or one found in its values (PS3.3 C.11.2)."""

import math
from collections.abc import Iterable
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


def windows(header: Dataset, image: ModalityNumbers, *, frame: int) -> tuple[Window, ...]:
    """VOI LUTs first, then windows, in the file's order; those that would show nothing of this image are left out."""
    low, high = sorted((image.value(float(image.numbers.min())), image.value(float(image.numbers.max()))))
    group = frame_macro(header, "FrameVOILUTSequence", frame)
    own = [*table_windows(header, signed=low < 0), *_stated_windows(group)]
    useful = tuple(window for window in own if shows(window, low, high))
    return useful or (automatic_window(image, padding=_padding(header)),)


def automatic_window(image: ModalityNumbers, *, padding: int | None = None) -> Window:
    """The full range of 8 bits, else from the 0.5th to the 99.5th percentile without the padding value."""
    if image.bits <= 8:
        low, high = 0, 2**image.bits - 1
    else:
        counts = np.bincount(image.numbers.ravel(), minlength=65536)
        _leave_out(counts, image, padding)
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


def _leave_out(counts: np.ndarray[Any, Any], image: ModalityNumbers, padding: int | None) -> None:
    if padding is None or image.slope != 1.0:
        return
    number = padding - int(image.intercept)
    if 0 <= number < len(counts) and counts[number] < counts.sum():
        counts[number] = 0


def _padding(header: Dataset) -> int | None:
    value = header.get("PixelPaddingValue")
    return value if isinstance(value, int) else None


def _stated_windows(group: Dataset) -> list[Window]:
    centers, widths = (_floats(group.get(keyword)) for keyword in ("WindowCenter", "WindowWidth"))
    labels = [str(label) for label in _several(group.get("WindowCenterWidthExplanation"))]
    labels += [""] * len(centers)
    function = FUNCTIONS.get(str(group.get("VOILUTFunction") or "LINEAR").strip(), "LINEAR")
    least = 1.0 if function == "LINEAR" else 0.0
    return [
        Window(labels[index].strip() or ("File" if index == 0 else f"File {index + 1}"), center, width, function)
        for index, (center, width) in enumerate(zip(centers, widths, strict=False))
        if math.isfinite(center) and math.isfinite(width) and width >= least and width > 0
    ]


def _several(value: Any) -> Iterable[Any]:
    if value is None or value == "":
        return ()
    return value if isinstance(value, MultiValue | list) else (value,)


def _floats(value: Any) -> list[float]:
    try:
        return [float(part) for part in _several(value)]
    except (TypeError, ValueError):
        return []


def shows(window: Window, low: float, high: float) -> bool:
    """Whether some of the values from `low` to `high` get a grey between black and white."""
    below, above = window.center - window.width / 2, window.center + window.width / 2
    return low == high or (below < high and above > low)
