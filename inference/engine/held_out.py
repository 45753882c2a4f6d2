"""A scout's head calibrated on patients that it was not fitted on.

A head fitted on a few dozen labels separates them without an error and is overconfident about all other images. Its
uncertainty decides what is read next, so an uncalibrated one would send the reader after noise (Bae et al., ICLR 2025,
use a temperature for this).
"""

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from inference.engine import calibration, heads
from inference.engine.outputs import OutputLayout

Float = NDArray[np.float64]
FOLDS = 5
ENOUGH = 1_000  # out-of-fold images after which no further head is fitted: one temperature needs no more


def fit(
    embeddings: NDArray[np.floating], labels: Float, weights: Float, groups: NDArray[np.generic], layout: OutputLayout
) -> heads.ScoutHead:
    """`heads.fit`, with the logits of each output divided by its temperature (`calibration.temperatures`).

    embeddings (N, D); labels (N, F), NaN where unknown; weights (N, F); groups (N,) patients. Deterministic. Not
    calibrated where all labels are of one patient.
    """
    logits = out_of_fold_logits(embeddings, labels, weights, groups, layout).astype(np.float64)
    known = np.isfinite(logits).all(axis=1)
    temperatures = calibration.temperatures(logits[known], labels[known], weights[known], layout)
    head = heads.fit(embeddings, labels, weights, layout)
    return head.apply_calibration(temperatures, layout)


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
    """Logits float32 (N, K) of each image by a head fitted without its patient. At most FOLDS fits.

    NaN in the rows left after `enough` images, and in all rows where there is one patient only.
    """
    logits = np.full((len(labels), layout.width), np.nan, np.float32)
    count = min(FOLDS, len(np.unique(groups)))
    if count < 2:
        return logits
    # A selection's seed has 62 bits, NumPy's old generator takes 32.
    folds = GroupKFold(count, shuffle=True, random_state=seed % 2**32)
    done = 0
    for rest, held_out in folds.split(embeddings, groups=groups):
        head = heads.fit(embeddings[rest], labels[rest], weights[rest], layout)
        logits[held_out] = head.score(embeddings[held_out])
        done += len(held_out)
        if done >= enough:
            break
    return logits
