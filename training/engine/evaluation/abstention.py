"""How many images with a finding a model leaves without a prediction.

A model that abstains from the difficult images looks better on the others. So the share is counted among the images with a
finding, where a refusal costs most, and held against a limit of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from training.engine.evaluation.estimate import Floats, Interval


def abstained(scores: Floats) -> NDArray[np.bool_]:
    """Which images (N,) a model with these scores (N, F) leaves without a prediction: those whose row is all NaN."""
    return np.asarray(np.isnan(scores).all(axis=1), bool)


def share_with_finding(labels: Floats, refused: NDArray[np.bool_], confidence: float) -> Interval | None:
    """The share of the images with any finding (labels (N, F), 1 present) that were refused (N,), with Wilson's interval
    (1927) by scipy. None where no image has a finding.
    """
    with_finding = (labels == 1).any(axis=1)
    positives = int(with_finding.sum())
    if not positives:
        return None
    test = binomtest(int((refused & with_finding).sum()), positives)
    limits = test.proportion_ci(confidence, method="wilson")
    return Interval(float(test.statistic), float(limits.low), float(limits.high))
