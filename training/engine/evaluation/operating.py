"""What a threshold does: the model as a caller of present and absent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binomtest

from training.engine.evaluation.cases import split
from training.engine.evaluation.estimate import Interval


@dataclass(frozen=True)
class OperatingPoint:
    """The two-by-two table at a threshold; a case is called present when its score is at least the threshold.

    Each share has Wilson limits (1927), images counted as independent; NaN where nothing stands under the line.
    """

    threshold: float
    true_positive: int
    false_positive: int
    false_negative: int
    true_negative: int
    sensitivity: Interval
    specificity: Interval
    positive_predictive_value: Interval
    negative_predictive_value: Interval


def operating_point(labels: ArrayLike, scores: ArrayLike, threshold: float, confidence: float = 0.95) -> OperatingPoint:
    """Counts, sensitivity, specificity and predictive values of N images at a threshold. Raises as `cases.split`."""
    positive, negative, values = split(labels, scores)
    called = values >= threshold
    tp, fp = int((positive & called).sum()), int((negative & called).sum())
    fn, tn = int((positive & ~called).sum()), int((negative & ~called).sum())
    pairs = [(tp, tp + fn), (tn, tn + fp), (tp, tp + fp), (tn, tn + fn)]
    return OperatingPoint(threshold, tp, fp, fn, tn, *(wilson(part, whole, confidence) for part, whole in pairs))


def threshold_at_sensitivity(labels: ArrayLike, scores: ArrayLike, sensitivity: float) -> float:
    """The highest threshold that still calls at least this share of the positives; NaN without a positive.

    Carries a champion's threshold over to a challenger at equal sensitivity. To be chosen on calibration cases, never
    on the reference set. Raises ValueError for a sensitivity outside 0..1.
    """
    if not 0 <= sensitivity <= 1:
        raise ValueError(f"A sensitivity lies within 0..1, not {sensitivity}")
    positive, _, values = split(labels, scores)
    ranked = np.sort(values[positive])[::-1]
    if len(ranked) == 0:
        return float("nan")
    wanted = int(np.ceil(sensitivity * len(ranked) - 1e-9))
    return float(ranked[max(wanted, 1) - 1])


def wilson(part: int, whole: int, confidence: float = 0.95) -> Interval:
    """part / whole with Wilson's limits; NaN when the whole is nothing."""
    if whole == 0:
        return Interval(np.nan, np.nan, np.nan)
    limits = binomtest(part, whole).proportion_ci(confidence, method="wilson")
    return Interval(part / whole, float(limits.low), float(limits.high))
