"""What curves of the same seeds say of two methods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap

LEVEL, RESAMPLES = 0.95, 10_000


@dataclass(frozen=True)
class Difference:
    """Mean of paired differences with a 95 % percentile bootstrap interval, and on how many seeds each side won."""

    mean: float
    low: float
    high: float
    wins: int
    losses: int


def difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Difference:
    """Of areas (S,) by seed. With one seed, or the same difference on all, the interval is that one number."""
    apart = ours - theirs
    low = high = float(apart.mean())
    if len(apart) > 1 and np.ptp(apart) > 0:
        found = bootstrap(
            (apart,), np.mean, confidence_level=LEVEL, n_resamples=RESAMPLES, method="percentile", random_state=0
        )
        low, high = (float(end) for end in found.confidence_interval)
    return Difference(float(apart.mean()), low, high, int((apart > 0).sum()), int((apart < 0).sum()))
