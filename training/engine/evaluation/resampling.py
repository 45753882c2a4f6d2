"""The bootstrap by patient: a patient is drawn with all of their images."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike

from training.engine.evaluation.cases import patient_codes
from training.engine.evaluation.estimate import Floats, Interval

CELLS = 2_000_000  # weights held in memory at once, as float64: 16 MB


def patient_weights(patients: ArrayLike | None, images: int, resamples: int, seed: int) -> Iterator[Floats]:
    """How often each image (b, images) is drawn, in blocks that add up to the resamples; deterministic by seed."""
    codes, count = patient_codes(patients, (images,))
    rng = np.random.default_rng(seed)
    block = max(1, CELLS // max(images, 1))
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        # Each resample's patients get numbers of their own, so that one bincount counts them all.
        drawn = rng.integers(count, size=(size, count)) + count * np.arange(size)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * count).reshape(size, count)
        yield times[:, codes].astype(np.float64)


def bootstrap(
    statistic: Callable[[Floats], Floats], patients: ArrayLike | None, images: int, resamples: int, seed: int
) -> Floats:
    """The statistic's values (resamples,); it maps weights (b, images) to values (b,), NaN where it has none."""
    if images == 0:
        return np.full(resamples, np.nan)
    blocks = patient_weights(patients, images, resamples, seed)
    return np.concatenate([statistic(weights) for weights in blocks])


def percentiles(value: float, draws: Floats, confidence: float) -> Interval:
    """The percentile interval; NaN limits when more than a tenth of the resamples had no value."""
    known = draws[~np.isnan(draws)]
    if len(known) < 0.9 * len(draws):
        return Interval(value, np.nan, np.nan)
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(value, float(low), float(high))
