"""Area under the ROC curve with DeLong's variance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from inference.engine.metrics import placements
from training.engine.evaluation.cases import patient_codes, split
from training.engine.evaluation.estimate import Estimate, Floats


def auroc_estimate(labels: ArrayLike, scores: ArrayLike, patients: ArrayLike | None = None) -> Estimate:
    """AUROC of N images, ties counting half, with each patient's influence. O(N·log N).

    E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, Biometrics 44 (1988) 837–845; images of one patient summed as
    N. A. Obuchowski, Biometrics 53 (1997) 567–578. Without patients every image is its own, and the variance is
    DeLong's. NaN where labels are of one class; NaN influence where a class has fewer than two patients. Raises
    ValueError as `cases.split` does.
    """
    codes, count = patient_codes(patients, np.shape(labels))
    positive, negative, values = split(labels, scores)
    m, n = int(positive.sum()), int(negative.sum())
    if m == 0 or n == 0:
        return Estimate(np.nan, np.full(count, np.nan), positives=m, negatives=n)
    of_positives, of_negatives = placements(values[positive], values[negative])
    value = float(of_positives.mean())
    influence_of_positives = _by_patient(codes[positive], (of_positives - value) / m, count)
    influence_of_negatives = _by_patient(codes[negative], (of_negatives - value) / n, count)
    return Estimate(
        value=value,
        influence=influence_of_positives + influence_of_negatives,
        positives=len(np.unique(codes[positive])),
        negatives=len(np.unique(codes[negative])),
    )


def _by_patient(codes: NDArray[np.intp], parts: Floats, count: int) -> Floats:
    """Sums of parts by patient (count,), scaled by √(c / (c − 1)) for the c patients there are; NaN for one."""
    c = len(np.unique(codes))
    correction = float(np.sqrt(c / (c - 1))) if c > 1 else np.nan
    return np.bincount(codes, weights=parts, minlength=count).astype(np.float64) * correction
