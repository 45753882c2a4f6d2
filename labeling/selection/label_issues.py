"""Labels that the other labels speak against: whose images are worth a second look.

Confident learning: Northcutt, Jiang, Chuang, JAIR 70 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import FindingOutput, parts


@dataclass(frozen=True)
class LabelIssues:
    """By row (L,): `score` 0..1, one minus the self-confidence of the label most in doubt, NaN where none is suspect;
    `finding`: that label's place in the layout, -1 where none is.
    """

    score: NDArray[np.float64]
    finding: NDArray[np.intp]


def label_issues(
    labels: NDArray[np.floating], outputs: NDArray[np.floating], layout: tuple[FindingOutput, ...]
) -> LabelIssues:
    """Which labels (L, F) are contradicted by out-of-fold outputs (L, C), columns as the layout tells.

    labels: 0 or 1, an option's index, NaN unknown; uncertain (0.5) and measurements are never suspect. A label is
    suspect if the model holds another class for likelier and is as confident of it as it is, on average, of rows that
    bear that class (which allows for a class the model is always timid about). Raises ValueError for shapes that
    disagree. O(L·C).
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
    """One minus the probability of the given class where the label is suspect, NaN elsewhere; proba (L, K)."""
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
