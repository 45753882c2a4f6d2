"""The paired difference on the plain scale, which the gate's `change` is held against."""

import numpy as np
from scipy.stats import norm

from training.engine.evaluation.estimate import Interval


def difference(first, second, confidence=0.95):
    """second − first; for two AUROCs the limits are those of DeLong et al. (1988)."""
    value = second.value - first.value
    error = np.sqrt(((second.influence - first.influence) ** 2).sum())
    width = norm.ppf((1 + confidence) / 2) * error
    return Interval(value, value - width, value + width)
