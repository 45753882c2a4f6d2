"""Measurements that are hardly any: codes such as −9999 for "not measured" among real values."""

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

FEWEST = 8  # labels; below this the others do not tell what is usual
FAR = 10.0  # robust standard deviations from the median
DEVIATIONS = 1.4826  # standard deviations of a normal distribution in its median absolute deviation
TAILS = 2.5631  # the same in the span from its 10th to its 90th percentile
FEW = 0.05  # share of the values; so few of another sign are codes rather than values


def outliers(values: Float) -> Float:
    """Those of the values (N,) that lie far outside the others, ascending. Nothing is said of fewer than FEWEST.

    Far is FAR robust standard deviations from the median, each side measured by itself, as many measurements are skewed:
    the median absolute deviation of the values on that side, or the span of the inner eight tenths where more than half of
    them are equal. A negative value is far, too, where nearly all others are not negative, or where all that are negative
    are one and the same number.
    """
    if len(values) < FEWEST:
        return np.empty(0)
    return np.sort(values[_far(values) | _alone_below_zero(values)])


def _far(values: Float) -> NDArray[np.bool_]:
    median = np.median(values)
    apart = np.abs(values - median)
    far = np.zeros(len(values), bool)
    for side in (values <= median, values >= median):
        spread = DEVIATIONS * np.median(apart[side])
        if spread == 0:
            low, high = np.quantile(values, (0.1, 0.9))
            spread = (high - low) / TAILS
        # Where nearly all are equal nothing tells how far is far.
        if spread > 0:
            far |= side & (apart > FAR * spread)
    return far


def _alone_below_zero(values: Float) -> NDArray[np.bool_]:
    negative = values < 0
    share = negative.mean()
    few = share <= FEW
    one_code = share < 0.5 and len(np.unique(values[negative])) == 1
    return np.asarray(negative & (few or one_code))
