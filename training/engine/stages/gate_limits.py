"""Limits of the gate, at a stated share of false refusals."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from inference.engine.gate.checks import CHECKS, Check
from inference.engine.gate.measures import measures
from inference.engine.gate.thumbnail import Thumbnail

FEWEST = 50  # accepted images; fewer do not tell how unlike each other they are
OF_DISTANCE = 0.8  # share of the false refusals left to the distance; the plain checks divide the rest


def farthest(distances: NDArray[np.float32], share: float) -> float:
    """The distance that a `share` of such images exceeds.

    Either the quantile, or that of a normal distribution of the distances' logarithms, whichever is larger: with few images the
    quantile is about the largest seen, which the next image often exceeds.
    """
    logs = np.log(np.maximum(distances, 1e-6))
    score = NormalDist().inv_cdf(1 - share)
    expected = float(np.exp(logs.mean() + score * logs.std(ddof=1)))
    return max(float(np.quantile(distances, 1 - share)), expected)


def plain_limits(thumbs: Sequence[Thumbnail], false_refusals: float) -> dict[str, float]:
    """The limit of every plain check by its code."""
    figures = [measures(thumb) for thumb in thumbs]
    share = false_refusals * (1 - OF_DISTANCE) / sum(check.verdict == "abstain" for check in CHECKS)
    limits = {}
    for check in CHECKS:
        limits[check.code] = _limit(check, np.array([figure[check.measure] for figure in figures]), share)
    return limits


def _limit(check: Check, values: NDArray[np.float64], share: float) -> float:
    if check.bad == "low":
        return check.bounded(float(np.quantile(values, share)))
    return check.bounded(float(np.quantile(values, 1 - share)))
