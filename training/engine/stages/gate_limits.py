"""Limits of the gate, at a stated share of false refusals."""

from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from inference.engine.gate.checks import CHECKS, Check
from inference.engine.gate.measures import measures
from inference.engine.gate.thumbnail import Thumbnail

FEWEST = 50  # accepted images; fewer do not tell how unlike each other they are
USUAL = 0.95  # share of the project's images that are as near as an inverse must be to be known as one
OF_DISTANCE = 0.8  # share of the false refusals left to the distance; the plain checks divide the rest


def farthest(distances: NDArray[np.float32], share: float, *, positive: bool = True) -> float:
    """The distance that a `share` of such images exceeds.

    Either the quantile, or that of a normal distribution of the distances' logarithms, whichever is larger: with few images the
    quantile is about the largest seen, which the next image often exceeds. The distribution is taken from the upper half, since
    images that are in the project twice have distances near 0 and would widen it without end. Not `positive`: scores of
    either sign, which are taken as they are instead of their logarithms.
    """
    values = np.asarray(distances, np.float64)
    if positive:
        values = np.log(np.maximum(values, 1e-6))
    middle, upper, extreme = np.quantile(values, (0.5, NormalDist().cdf(1), 1 - share))
    limit = max(extreme, middle + (upper - middle) * NormalDist().inv_cdf(1 - share))
    return float(np.exp(limit)) if positive else float(limit)


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
