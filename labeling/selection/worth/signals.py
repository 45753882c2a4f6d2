"""The stopping signal, from how far successive scouts agree and whether the learning curve still rises. Pages use it, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Signal = Literal["settled", "changing", "rising", "learning", "too_few"]
AGREED = 0.99  # Bloodgood and Vijay-Shanker's, see `stopping`


def signal_of(kappas: Sequence[float], rise: float) -> Signal:
    """The signal for these kappas, −1..1, and `rise`, the low end of the slope's interval.

    settled: every kappa reaches AGREED and the curve is not shown to rise. changing: answers still change. rising: quality
    still rises. learning: both.
    """
    changing = min(kappas) < AGREED
    rising = rise > 0
    if changing and rising:
        return "learning"
    if changing:
        return "changing"
    if rising:
        return "rising"
    return "settled"
