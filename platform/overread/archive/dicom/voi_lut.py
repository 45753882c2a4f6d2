"""VOI LUTs (PS3.3 C.11.2.1.1) as windows that carry their table."""

from typing import Any, TypeAlias

import numpy as np
from pydicom.dataset import Dataset

from .values import Window

Greys: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
MOST_TABLES = 8
MOST_GREYS = 1024  # finer than any screen shows
DIGITS = 5  # 16 bits


def table_windows(header: Dataset, *, signed: bool) -> list[Window]:
    """One window for each usable table of VOI LUT Sequence. `signed`: the image holds values below zero."""
    tables = list(header.get("VOILUTSequence") or ())[:MOST_TABLES]
    windows = [_window(item, number, signed=signed) for number, item in enumerate(tables, start=1)]
    return [window for window in windows if window is not None]


def _window(item: Dataset, number: int, *, signed: bool) -> Window | None:
    """None where the table is unusable: no numbers, or the same grey for every value."""
    try:
        entries, first, _bits = (int(part) for part in item.LUTDescriptor)
        greys = _greys(item.LUTData, entries % 65536 or 65536)
    except (AttributeError, TypeError, ValueError):
        return None
    if len(greys) < 2 or np.ptp(greys) == 0:
        return None
    low = _first(first, signed=signed)
    span = len(greys) - 1
    table = tuple(round(float(grey), DIGITS) for grey in _resampled(greys))
    return Window(_label(item, number), low + span / 2, span, "LINEAR_EXACT", table)


def _label(item: Dataset, number: int) -> str:
    text = item.get("LUTExplanation")
    return text.strip() if isinstance(text, str) and text.strip() else f"VOI LUT {number}"


def _greys(data: Any, entries: int) -> Greys:
    """0..1. White is the largest number of as many bits as the table uses: some files state more than they fill."""
    if isinstance(data, bytes):
        numbers = np.frombuffer(data, "<u2" if len(data) >= 2 * entries else "u1")
    else:
        numbers = np.asarray(data, dtype=np.int64) % 65536
    numbers = numbers[:entries].astype(np.float64)
    return np.asarray(numbers / (2 ** int(numbers.max(initial=1)).bit_length() - 1))


def _first(number: int, *, signed: bool) -> int:
    """The first value mapped; files disagree with themselves on whether it is signed, the image's values do not."""
    number %= 65536
    return number - 65536 if signed and number >= 32768 else number


def _resampled(greys: Greys) -> Greys:
    if len(greys) <= MOST_GREYS:
        return greys
    places = np.linspace(0, len(greys) - 1, MOST_GREYS)
    return np.asarray(np.interp(places, np.arange(len(greys)), greys))
