"""Area under the ROC curve with DeLong's variance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from training.engine.evaluation.cases import patient_codes, split
from training.engine.evaluation.estimate import Estimate, Floats


def auroc(labels: ArrayLike, scores: ArrayLike, patients: ArrayLike | None = None) -> Estimate:
    """AUROC of N images, ties counting half, by placements from midranks. O(N·log N).

    E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, Biometrics 44 (1988) 837–845; computed as X. Sun and W. Xu,
    IEEE Signal Processing Letters 21 (2014) 1389–1393; images of one patient summed as N. A. Obuchowski, Biometrics 53
    (1997) 567–578. Without patients every image is its own, and the variance is DeLong's. NaN where labels are of one
    class; NaN influence where a class has fewer than two patients. Raises ValueError as `cases.split` does.
    """
    codes, count = patient_codes(patients, np.shape(labels))
    positive, negative, values = split(labels, scores)
    ranks = rankdata(values[positive | negative])
    is_positive = positive[positive | negative]
    m, n = int(positive.sum()), int(negative.sum())
    if m == 0 or n == 0:
        return Estimate(np.nan, np.full(count, np.nan), positives=m, negatives=n)
    above = (ranks[is_positive] - rankdata(values[positive])) / n
    below = 1 - (ranks[~is_positive] - rankdata(values[negative])) / m
    value = float(above.mean())
    parts = [
        _by_patient(codes[positive], (above - value) / m, count),
        _by_patient(codes[negative], (below - value) / n, count),
    ]
    return Estimate(value, parts[0] + parts[1], *(len(np.unique(codes[c])) for c in (positive, negative)))


def _by_patient(codes: NDArray[np.intp], parts: Floats, count: int) -> Floats:
    """Sums of parts by patient (count,), scaled by √(c / (c − 1)) for the c patients there are; NaN for one."""
    c = len(np.unique(codes))
    correction = float(np.sqrt(c / (c - 1))) if c > 1 else np.nan
    return np.bincount(codes, weights=parts, minlength=count).astype(np.float64) * correction
