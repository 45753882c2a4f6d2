"""Labels that look wrong beside the other labels: their images are worth a second look.

Confident learning: Northcutt, Jiang, Chuang, JAIR 70 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import FindingOutput, parts


@dataclass(frozen=True)
class LabelIssues:
    """The worst label of each row.

    score (L,) in 0..1: 1 minus the model's probability of that label; NaN if no label of the row looks wrong.
    finding (L,): the label's place in the layout, -1 if none looks wrong.
    """

    score: NDArray[np.float64]
    finding: NDArray[np.intp]


def label_issues(
    labels: NDArray[np.floating], outputs: NDArray[np.floating], layout: tuple[FindingOutput, ...]
) -> LabelIssues:
    """Which labels (L, F) out-of-fold outputs (L, C) contradict, columns as the layout says.

    labels: 0 or 1, or an option's index, NaN if unknown; uncertain (0.5) and measurements never look wrong. outputs:
    probabilities in 0..1. A label looks wrong if the model finds another class likelier, and is as confident of it as it is
    on average for rows with that class: this allows for a class of which the model is never confident (Northcutt, Jiang,
    Chuang 2021). Raises ValueError if shapes disagree. O(L·C).
    """
    if labels.shape != (len(outputs), len(layout)):
        raise ValueError(f"Labels {labels.shape} for {len(outputs)} rows and {len(layout)} findings")
    if not layout:
        return LabelIssues(np.full(len(labels), np.nan), np.full(len(labels), -1))
    scores = np.full(labels.shape, np.nan)
    for column, (output, block) in enumerate(parts(layout, outputs)):
        if output.kind == "measurement":
            continue
        if output.kind == "binary":
            block = np.hstack([1 - block, block])
        scores[:, column] = _doubted(labels[:, column], block.astype(float))
    # NaN as −1, below every score: argmax would otherwise choose a NaN.
    worst = np.where(np.isnan(scores), -1.0, scores).argmax(axis=1)
    score = np.take_along_axis(scores, worst[:, None], axis=1)[:, 0]
    return LabelIssues(score, np.where(np.isnan(score), -1, worst))


def _doubted(labels: NDArray[np.floating], proba: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 minus the probability of the given class if the label looks wrong, else NaN (L,); proba (L, K)."""
    scores = np.full(len(labels), np.nan)
    rows = np.flatnonzero(np.isin(labels, np.arange(proba.shape[1])) & np.isfinite(proba).all(axis=1))
    if not len(rows):
        return scores
    given = labels[rows].astype(int)
    predicted = proba[rows]
    # The model's mean confidence in each class on rows that bear it. No row can reach a class that nobody gave.
    usual = np.full(predicted.shape[1], np.inf)
    for k in np.unique(given):
        usual[k] = predicted[given == k, k].mean()
    own = predicted[np.arange(len(rows)), given]
    others = np.where(predicted >= usual, predicted, -1.0)
    others[np.arange(len(rows)), given] = -1.0
    scores[rows] = np.where(others.max(axis=1) > own, 1 - own, np.nan)
    return scores
