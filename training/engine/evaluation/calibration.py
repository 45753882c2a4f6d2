"""Whether 0.3 means three in ten."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from inference.engine.metrics import expected_calibration_error, weighted_calibration_errors
from training.engine.evaluation.cases import split
from training.engine.evaluation.estimate import Interval
from training.engine.evaluation.resampling import bootstrap, percentiles


def calibration_error(
    labels: ArrayLike,
    probabilities: ArrayLike,
    patients: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Expected calibration error (`inference.engine.metrics`) less its bootstrap bias, with its interval.

    The plain figure is never below chance: a perfectly calibrated model shows 0.08 on 100 images and 0.03 on 1,000.
    Twice the plain figure minus the mean of resamples by patient (Efron and Tibshirani 1993, chapter 10) leaves 0.05
    and 0.02 of that, and is right where the error is real. The basic bootstrap interval covers 80 to 95 % (simulated).
    All are kept within 0..1; NaN without images. Raises ValueError as `cases.split` does, and for what is no probability.
    """
    positive, negative, values = split(labels, probabilities)
    known = positive | negative
    truth, predicted = positive[known].astype(np.float64), values[known]
    if ((predicted < 0) | (predicted > 1)).any():
        raise ValueError("A probability lies within 0..1")
    whose = None if patients is None else np.asarray(patients)[known]
    plain = expected_calibration_error(truth, predicted)
    draws = bootstrap(partial(weighted_calibration_errors, truth, predicted), whose, len(truth), resamples, seed)
    spread = percentiles(plain, draws, confidence)
    unbiased = 2 * plain - np.array([draws.mean(), spread.high, spread.low])
    return Interval(*np.clip(unbiased, 0.0, 1.0).tolist())
