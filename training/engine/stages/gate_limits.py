"""Limits of the gate, at a stated share of false refusals."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from inference.engine.gate.checks import CHECKS, Check
from inference.engine.gate.measures import measures
from inference.engine.gate.thumbnail import Thumbnail

FEWEST = 50  # accepted images; fewer do not tell how unlike each other they are
USUAL = 0.95  # share of the project's images that are as near as an inverse must be to be known as one
OF_DISTANCE = 0.8  # share of the false refusals left to the distance; the plain checks divide the rest
BEYOND = 5  # images beyond a quantile, from which it is taken as it is
TAIL = 0.2  # share of the largest distances that otherwise tell how the distribution ends


def farthest(distances: NDArray[np.floating], share: float) -> float:
    """The distance, or score of any sign, that a `share` of such images exceeds.

    The quantile, where BEYOND images or more lie beyond it. With fewer, the largest fifth of the distances is taken for
    exponentially distributed from where it begins (peaks over threshold, Coles 2001, with the shape 0): the quantile would be
    about the largest distance seen. Images that are in the project twice have distances near 0 and change neither.
    """
    if share * len(distances) >= BEYOND:
        return float(np.quantile(distances, 1 - share))
    start = float(np.quantile(distances, 1 - TAIL))
    beyond = distances[distances > start] - start
    if not len(beyond):
        return start
    return start + float(beyond.mean()) * math.log(len(beyond) / (share * len(distances)))


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
