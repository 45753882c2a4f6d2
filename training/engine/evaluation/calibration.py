"""Whether 0.3 means three in ten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from training.engine.evaluation.cases import split
from training.engine.evaluation.estimate import Floats, Interval
from training.engine.evaluation.resampling import bootstrap, percentiles, ratio

BINS = 10


@dataclass(frozen=True)
class Reliability:
    """One point of the calibration curve for each bin of equal width that holds images."""

    predicted: tuple[float, ...]
    observed: tuple[float, ...]
    images: tuple[int, ...]


def reliability(labels: ArrayLike, probabilities: ArrayLike) -> Reliability:
    """Mean probability and share of positives in ten bins of equal width."""
    truth, predicted, _ = _known(labels, probabilities, None)
    table = _bins(predicted).T @ np.column_stack([np.ones_like(predicted), predicted, truth])
    count, sums, hits = table[table[:, 0] > 0].T
    return Reliability(
        tuple((sums / count).tolist()), tuple((hits / count).tolist()), tuple(count.astype(int).tolist())
    )


def calibration_error(
    labels: ArrayLike,
    probabilities: ArrayLike,
    patients: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Expected calibration error (Guo et al. 2017, ten bins of equal width) less its bootstrap bias, with its interval.

    The plain figure is never below chance: a perfectly calibrated model shows 0.08 on 100 images and 0.03 on 1,000.
    Twice the plain figure minus the mean of resamples by patient (Efron and Tibshirani 1993, chapter 10) leaves 0.05
    and 0.02 of that, and is right where the error is real. The basic bootstrap interval covers 80 to 95 % (simulated).
    All are kept within 0..1; NaN without images.
    """
    truth, predicted, whose = _known(labels, probabilities, patients)
    bins, gap = _bins(predicted), predicted - truth

    def statistic(weights: Floats) -> Floats:
        return ratio(np.abs((weights * gap) @ bins).sum(axis=1), weights.sum(axis=1))

    plain = float(statistic(np.ones((1, len(truth))))[0])
    draws = bootstrap(statistic, whose, len(truth), resamples, seed)
    spread = percentiles(plain, draws, confidence)
    unbiased = 2 * plain - np.array([draws.mean(), spread.high, spread.low])
    return Interval(*np.clip(unbiased, 0.0, 1.0).tolist())


def brier(
    labels: ArrayLike,
    probabilities: ArrayLike,
    patients: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Mean squared difference of probability and label (Brier 1950), with a percentile bootstrap by patient."""
    truth, predicted, whose = _known(labels, probabilities, patients)
    squared = (predicted - truth) ** 2

    def statistic(weights: Floats) -> Floats:
        return ratio(weights @ squared, weights.sum(axis=1))

    draws = bootstrap(statistic, whose, len(truth), resamples, seed)
    return percentiles(float(statistic(np.ones((1, len(truth))))[0]), draws, confidence)


def _known(
    labels: ArrayLike, probabilities: ArrayLike, patients: ArrayLike | None
) -> tuple[Floats, Floats, ArrayLike | None]:
    """Labels, probabilities and patients of the labelled images. Raises ValueError for what is no probability."""
    positive, negative, values = split(labels, probabilities)
    known = positive | negative
    predicted = values[known]
    if ((predicted < 0) | (predicted > 1)).any():
        raise ValueError("A probability lies within 0..1")
    return positive[known].astype(np.float64), predicted, None if patients is None else np.asarray(patients)[known]


def _bins(predicted: Floats) -> Floats:
    """One-hot bins (N, BINS) of equal width; the last holds 1 as well."""
    return np.asarray(np.eye(BINS)[np.minimum((predicted * BINS).astype(int), BINS - 1)])
