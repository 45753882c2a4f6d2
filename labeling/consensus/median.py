"""One number out of several readers' measurements."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from math import isfinite


def median(values: Sequence[float | None]) -> float | None:
    """The median in the finding's unit, or None if nobody measured; of an even number of values, the mean of the middle two.

    values: one per reader, in the finding's unit; None (not assessable, not answered) is left out. Raises ValueError for a
    value that is not finite. O(readers·log readers).
    """
    known = [value for value in values if value is not None]
    if not all(isfinite(value) for value in known):
        raise ValueError("A measurement is a finite number")
    if not known:
        return None
    return float(statistics.median(known))
