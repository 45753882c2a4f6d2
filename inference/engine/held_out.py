"""A head as sure as it is right: calibrated by what heads say of patients they were not fitted on.

A head fitted on a few dozen labels parts them without an error and is sure of everything else as well. Where its doubt
decides what is read next, that would send the reader after noise (Bae et al., ICLR 2025, scale by a temperature for it).
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from inference.engine import calibration, heads
from inference.engine.outputs import OutputLayout

Float = NDArray[np.float64]
FOLDS = 5
ENOUGH = 1_000
"""Images left out, once each, after which no further head is fitted."""


def fit(
    embeddings: NDArray[np.floating], labels: Float, weights: Float, groups: NDArray[np.generic], layout: OutputLayout
) -> heads.ScoutHead:
    """`heads.fit`, the logits of each output divided by its temperature (`calibration.temperatures`).

    groups (N,): whose image each is. The same for the same rows; with labels of one patient alone, not calibrated.
    """
    logits = out_of_fold_logits(embeddings, labels, weights, groups, layout).astype(np.float64)
    known = np.isfinite(logits).all(axis=1)
    lines = calibration.temperatures(logits[known], labels[known], weights[known], layout)
    return heads.fit(embeddings, labels, weights, layout).apply_calibration(lines, layout)


def out_of_fold_logits(
    embeddings: NDArray[np.floating],
    labels: Float,
    weights: Float,
    groups: NDArray[np.generic],
    layout: OutputLayout,
    *,
    enough: int = ENOUGH,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Logits (N, K) by heads fitted without the group's own images; NaN in rows beyond `enough`. At most FOLDS fits."""
    logits = np.full((len(labels), layout.width), np.nan, np.float32)
    count = min(FOLDS, len(np.unique(groups)))
    if count < 2:
        return logits
    parts = GroupKFold(count, shuffle=True, random_state=seed % 2**32).split(embeddings, groups=groups)
    left = 0
    for rest, out in parts:
        logits[out] = heads.fit(embeddings[rest], labels[rest], weights[rest], layout).score(embeddings[out])
        left += len(out)
        if left >= enough:
            break
    return logits
