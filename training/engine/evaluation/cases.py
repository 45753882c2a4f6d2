"""Which rows count, and whose they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from training.engine.evaluation.estimate import Floats


def split(labels: ArrayLike, scores: ArrayLike) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Floats]:
    """Masks of the positive and the negative images (N,), and the scores (N,) as float64; a NaN label is in neither.

    Raises ValueError for unequal shapes, a label other than 0, 1 and NaN, and a missing score on a labelled image: a
    model that may leave hard cases out cannot be compared.
    """
    truth = np.asarray(labels, dtype=np.float64)
    values = np.asarray(scores, dtype=np.float64)
    if truth.ndim != 1 or truth.shape != values.shape:
        raise ValueError(f"One label and one score an image, not {truth.shape} and {values.shape}")
    positive = truth == 1
    negative = truth == 0
    strange = int((~positive & ~negative & ~np.isnan(truth)).sum())
    if strange:
        raise ValueError(f"{strange} labels are neither 0, 1 nor unknown")
    missing = int(np.isnan(values[positive | negative]).sum())
    if missing:
        raise ValueError(f"{missing} labelled images have no score")
    return positive, negative, values


def patient_codes(patients: ArrayLike | None, shape: tuple[int, ...]) -> tuple[NDArray[np.intp], int]:
    """Numbers 0..P−1 (N,) for the patients, and P. Without patients every image is its own."""
    if patients is None:
        return np.arange(shape[0]), shape[0]
    known, codes = np.unique(np.asarray(patients), return_inverse=True)
    if codes.shape != shape:
        raise ValueError(f"{codes.shape} patients for images of shape {shape}")
    return codes, len(known)
