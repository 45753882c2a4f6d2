"""Average precision: how clean the top of the list is, which AUROC hides where a finding is rare."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from inference.engine.metrics import average_precision, weighted_average_precisions
from training.engine.evaluation.cases import split
from training.engine.evaluation.estimate import Floats, Interval
from training.engine.evaluation.resampling import bootstrap, percentiles


def average_precision_difference(
    labels: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    patients: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Average precision of second minus that of first, with a percentile bootstrap that draws the same patients for both.

    O(N·log N + resamples·N). NaN without a positive. Raises ValueError as `cases.split` does.
    """
    positive, negative, of_first = split(labels, first)
    _, _, of_second = split(labels, second)
    known = positive | negative
    hit, of_first, of_second = positive[known], of_first[known], of_second[known]
    whose = None if patients is None else np.asarray(patients)[known]

    def statistic(weights: Floats) -> Floats:
        before = weighted_average_precisions(hit, of_first, weights)
        after = weighted_average_precisions(hit, of_second, weights)
        return after - before

    truth = hit.astype(np.float64)
    value = average_precision(truth, of_second) - average_precision(truth, of_first)
    return percentiles(value, bootstrap(statistic, whose, len(hit), resamples, seed), confidence)
