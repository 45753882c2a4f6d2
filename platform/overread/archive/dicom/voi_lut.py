"""VOI LUTs as windows: a table is told by the window that comes nearest to it."""

from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from .display import presentation
from .values import Window

LOGISTIC_SPAN = np.log(9.0) / 2  # a sigmoid of width w goes from 10 to 90 percent over w × this
LINEAR_SPAN = 0.8


def table_windows(header: Dataset) -> list[Window]:
    """One window for each table of VOI LUT Sequence, named after it and marked as approximate."""
    windows = []
    for number, item in enumerate(header.get("VOILUTSequence") or (), start=1):
        table = _table(item)
        window = None if table is None else _nearest(*table, label=_label(item, number))
        if window is not None:
            windows.append(window)
    return windows


def _label(item: Dataset, number: int) -> str:
    text = item.get("LUTExplanation")
    return f"{text.strip() if isinstance(text, str) and text.strip() else f'VOI LUT {number}'} (approximate)"


def _table(item: Dataset) -> tuple[int, np.ndarray[Any, Any]] | None:
    """First value mapped, and the table scaled to 0..1; None where the table is unusable (C.11.2.1.1)."""
    try:
        entries, first, _bits = (int(part) for part in item.LUTDescriptor)
        data = item.LUTData
        numbers = np.frombuffer(data, "<u2") if isinstance(data, bytes) else np.asarray(data, dtype=np.int64)
    except (AttributeError, TypeError, ValueError):
        return None
    numbers = numbers[: entries or 65536].astype(np.float64)
    if len(numbers) < 2 or numbers[-1] <= numbers[0]:
        return None
    return first, (numbers - numbers.min()) / np.ptp(numbers)


def _nearest(first: int, table: np.ndarray[Any, Any], *, label: str) -> Window | None:
    """The linear or sigmoid window with the table's own 10, 50 and 90 percent points, whichever is nearer to it."""
    rising = np.maximum.accumulate(table)
    low, middle, high = (first + float(np.searchsorted(rising, share)) for share in (0.1, 0.5, 0.9))
    if high <= low:
        return None
    inputs = first + np.arange(len(table), dtype=np.float64)
    linear = Window(label, (low + high) / 2, (high - low) / LINEAR_SPAN, "LINEAR_EXACT")
    sigmoid = Window(label, middle, (high - low) / float(LOGISTIC_SPAN), "SIGMOID")
    return min((linear, sigmoid), key=lambda window: _distance(window, inputs, table))


def _distance(window: Window, inputs: np.ndarray[Any, Any], table: np.ndarray[Any, Any]) -> float:
    return float(np.square(presentation(inputs, window, inverted=False) - table).mean())
