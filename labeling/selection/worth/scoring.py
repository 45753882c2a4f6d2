"""How well outputs separate images with a finding from those without, in many resamples of the patients at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from inference.engine.metrics import weighted_aurocs
from labeling.selection.pool import FindingOutput
from labeling.selection.worth.labelled import Float, LabelledImages, Rows


def quality(data: LabelledImages, rows: Rows, outputs: NDArray[np.floating], weights: Float) -> Float:
    """Mean AUROC (B,) in 0..1 over the usable findings, of outputs (t, C) for these rows (t,), under weights (B, t) ≥ 0.

    A categorical finding counts as the mean of its options, each against the rest. NaN if no AUROC is defined.
    """
    by_finding = []
    for questions in _findings(data, rows, outputs):
        aurocs = [weighted_aurocs(truth, scores, weights[:, known]) for truth, scores, known in questions]
        if aurocs:
            by_finding.append(_mean(aurocs))
    if not data.usable:
        return np.full(len(weights), np.nan)
    return _mean(by_finding)


Question = tuple[NDArray[np.bool_], Float, NDArray[np.bool_]]


def _findings(data: LabelledImages, rows: Rows, outputs: NDArray[np.floating]) -> Iterator[list[Question]]:
    ends = np.cumsum([0, *(output.columns for output in data.layout)])
    for at in data.usable:
        columns = outputs[:, ends[at] : ends[at + 1]].astype(np.float64)
        yield list(_questions(data.layout[at], data.truth[rows, at], columns))


def _questions(output: FindingOutput, truth: Float, columns: Float) -> Iterator[Question]:
    """(truth, scores, known rows) of each yes-or-no question of a finding; an uncertain answer is neither."""
    if output.kind == "binary":
        known = np.isin(truth, (0.0, 1.0))
        yield truth[known] == 1, columns[known, 0], known
        return
    known = np.isfinite(truth)
    for option in range(output.columns):
        if 0 < (truth[known] == option).sum() < known.sum():
            yield truth[known] == option, columns[known, option], known


def _mean(values: list[Float]) -> Float:
    """The mean (B,) of several arrays (B,) without their NaNs; NaN where all are NaN."""
    if not values:
        return np.empty(0)
    stacked = np.stack(values)
    counted = np.isfinite(stacked).sum(axis=0)
    total = np.where(np.isfinite(stacked), stacked, 0.0).sum(axis=0)
    return np.asarray(np.divide(total, counted, out=np.full(stacked.shape[1], np.nan), where=counted > 0))
