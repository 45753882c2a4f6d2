"""One number out of several readers' measurements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from statistics import median as middle


@dataclass(frozen=True)
class Measured:
    """The readers' median and spread (largest minus smallest), in the finding's unit; None where nobody measured.

    `dissent` are the places of the values further from the median than the tolerance.
    """

    label: float | None
    spread: float | None
    readers: int
    dissent: tuple[int, ...]
    adjudicate: bool
    method: str = "median"


def median(values: Sequence[float | None], tolerance: float | None = None) -> Measured:
    """The median of what was measured; to be adjudicated when the spread exceeds the tolerance (same unit).

    None (not assessable, not answered) is left out. Raises ValueError for a value that is not finite.
    """
    known = [value for value in values if value is not None]
    if not all(isfinite(value) for value in known):
        raise ValueError("A measurement is a finite number")
    if not known:
        return Measured(label=None, spread=None, readers=0, dissent=(), adjudicate=False)
    label, spread = float(middle(known)), float(max(known) - min(known))
    limit = spread if tolerance is None else tolerance
    far = tuple(i for i, value in enumerate(values) if value is not None and abs(value - label) > limit)
    return Measured(label=label, spread=spread, readers=len(known), dissent=far, adjudicate=spread > limit)
