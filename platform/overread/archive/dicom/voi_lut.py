"""VOI LUTs (PS3.3 C.11.2.1.1) as windows that carry their table."""

from typing import Any, TypeAlias

import numpy as np
from pydicom.dataset import Dataset

from .lookup_table import LookupTable, Range, bits_used, read_table
from .refusal import Refused
from .values import Window

Greys: TypeAlias = np.ndarray[Any, np.dtype[np.float64]]
MOST_TABLES = 8
MOST_GREYS = 1024  # finer than any screen shows
DIGITS = 5  # 16 bits
MOST_UNSTATED = 12  # bits of the tables of devices that state 16, the size of a word, whatever they fill


def table_windows(group: Dataset, *, possible: Range, little_endian: bool) -> tuple[list[Window], bool]:
    """One window for each usable table of VOI LUT Sequence, and whether there is one that cannot be read.

    `possible`: the lowest and the highest modality value that the image's bits can say.
    """
    windows: list[Window] = []
    unreadable = False
    for number, item in enumerate(list(group.get("VOILUTSequence") or ())[:MOST_TABLES], start=1):
        try:
            table = read_table(item, "LUTDescriptor", "LUTData", possible=possible, little_endian=little_endian)
        except Refused:
            unreadable = True
            continue
        if len(table.entries) > 1 and np.ptp(table.entries) > 0:  # one grey for every value shows nothing
            windows.append(_window(table, _label(item, number)))
    return windows, unreadable


def _window(table: LookupTable, label: str) -> Window:
    span = len(table.entries) - 1
    used = bits_used(table.entries)
    bits = table.bits
    if table.bits == 16 and used <= MOST_UNSTATED:
        bits = used
    greys = table.entries / (2**bits - 1)
    rounded = tuple(round(float(grey), DIGITS) for grey in _resampled(greys))
    return Window(label, table.first + span / 2, span, "LINEAR_EXACT", rounded)


def _label(item: Dataset, number: int) -> str:
    text = item.get("LUTExplanation")
    if isinstance(text, str) and text.strip():
        return text.strip()
    return f"VOI LUT {number}"


def _resampled(greys: Greys) -> Greys:
    if len(greys) <= MOST_GREYS:
        return greys
    places = np.linspace(0, len(greys) - 1, MOST_GREYS)
    return np.asarray(np.interp(places, np.arange(len(greys)), greys))
