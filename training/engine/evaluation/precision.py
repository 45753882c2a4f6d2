"""Average precision: how clean the top of the list is, which AUROC hides where a finding is rare."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from training.engine.evaluation.cases import split
from training.engine.evaluation.estimate import Floats, Interval
from training.engine.evaluation.resampling import bootstrap, percentiles, ratio


def average_precision(
    labels: ArrayLike,
    scores: ArrayLike,
    patients: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> Interval:
    """Σ (Rᵢ − Rᵢ₋₁)·Pᵢ over falling thresholds, as scikit-learn's, with a percentile bootstrap by patient.

    O(N·log N + resamples·N). NaN without a positive. Raises ValueError as `cases.split` does.
    """
    known, statistic = _statistic(labels, scores)
    draws = bootstrap(statistic, _of(patients, known), int(known.sum()), resamples, seed)
    return percentiles(_whole(statistic, known), draws, confidence)


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
    """Average precision of second minus that of first, both resampled with the same patients."""
    known, of_first = _statistic(labels, first)
    _, of_second = _statistic(labels, second)

    def statistic(weights: Floats) -> Floats:
        return of_second(weights) - of_first(weights)

    draws = bootstrap(statistic, _of(patients, known), int(known.sum()), resamples, seed)
    return percentiles(_whole(statistic, known), draws, confidence)


def _statistic(labels: ArrayLike, scores: ArrayLike) -> tuple[NDArray[np.bool_], Callable[[Floats], Floats]]:
    """Which images (N,) are labelled, and average precision as a function of their weights (b, labelled)."""
    positive, negative, values = split(labels, scores)
    known = positive | negative
    order = np.argsort(-values[known], kind="stable")
    ranked, hit = values[known][order], positive[known][order].astype(np.float64)
    last = np.flatnonzero(np.append(ranked[:-1] != ranked[1:], True)[: len(ranked)])

    def statistic(weights: Floats) -> Floats:
        drawn = weights[:, order]
        hits, called = np.cumsum(drawn * hit, axis=1)[:, last], np.cumsum(drawn, axis=1)[:, last]
        precise = hits / np.maximum(called, 1)
        found = (np.diff(hits, axis=1, prepend=0.0) * precise).sum(axis=1)
        return ratio(found, (drawn * hit).sum(axis=1))

    return known, statistic


def _whole(statistic: Callable[[Floats], Floats], known: NDArray[np.bool_]) -> float:
    return float(statistic(np.ones((1, int(known.sum()))))[0])


def _of(patients: ArrayLike | None, known: NDArray[np.bool_]) -> NDArray[np.generic] | None:
    return None if patients is None else np.asarray(patients)[known]
