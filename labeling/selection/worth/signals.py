"""What the agreement of successive scouts and the end of the learning curve tell together. Pages read it, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Signal = Literal["settled", "changing", "rising", "learning", "too_few"]
AGREED = 0.99  # Bloodgood and Vijay-Shanker's, see `stopping`


def signal_of(kappas: Sequence[float], rise: float) -> Signal:
    """Settled where every kappa reaches AGREED and the curve's end is not shown to rise, learning where neither is so;
    changing: only the answers still change; rising: only the quality does. rise: the low end of the slope's interval.
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
