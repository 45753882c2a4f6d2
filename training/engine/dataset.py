"""What a run learns from: prepared images, labels, weights, patients, and who is in which split."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import Output, OutputLayout
from inference.engine.preparation import Preparation

SHARES = (0.78, 0.10, 0.12)  # train, validation, calibration


class Split(IntEnum):
    """What a case is for: fitting weights, choosing the epoch, or calibration and thresholds."""

    TRAIN = 0
    VALIDATION = 1
    CALIBRATION = 2


def split_by_patient(
    groups: Sequence[str] | NDArray[np.str_], seed: int, shares: tuple[float, float, float] = SHARES
) -> NDArray[np.int8]:
    """A Split code per case, int8 (N,), the same for all cases of a patient. `groups` (N,) are the patients.

    A hash of seed and patient decides and nothing else, so patients who arrive later move nobody. Raises ValueError
    unless the three shares add up to one.
    """
    if min(shares) < 0 or not np.isclose(sum(shares), 1.0):
        raise ValueError(f"The shares of the splits add up to one, not {shares}.")
    bounds = np.cumsum(shares)[:2]
    patients, places = np.unique(np.asarray(groups, str), return_inverse=True)
    codes = np.searchsorted(bounds, [_fraction(seed, patient) for patient in patients], side="right")
    return np.asarray(codes[places], np.int8)


UNFIT = {
    "binary": "outside 0 to 1",
    "categorical": "none of its options",
    "measurement": "not finite in single precision",
}


class LabelsUnfit(ValueError):
    """Labels that no network can learn. The text names the finding and how many they are."""


@dataclass(frozen=True)
class TrainingSet:
    """N cases of F outputs.

    images uint8 (N, S, S) or (N, S, S, 3), prepared by `preparation` (an array or a memory map); labels float32 (N, F):
    0 to 1 for binary findings, an option's index, or a value, NaN where unknown; weights float32 (N, F), not negative;
    groups (N,) patients; split (N,) Split codes. Raises ValueError where these disagree, LabelsUnfit for other labels.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.float32]
    weights: NDArray[np.float32]
    groups: NDArray[np.str_]
    split: NDArray[np.int8]
    layout: OutputLayout
    preparation: Preparation

    def __post_init__(self) -> None:
        shape: tuple[int, ...] = (self.preparation.size, self.preparation.size)
        if self.preparation.channels == 3:
            shape = (*shape, 3)
        if self.images.dtype != np.uint8 or self.images.shape[1:] != shape:
            raise ValueError(f"Images prepared as uint8 were expected, not {self.images.dtype} {self.images.shape}.")
        cases = (len(self.images), len(self.layout))
        if self.labels.shape != cases or self.weights.shape != cases:
            raise ValueError(f"Labels and weights are of shape {cases}, one column per output.")
        if self.groups.shape != cases[:1] or self.split.shape != cases[:1]:
            raise ValueError("Each image has a patient and a split.")
        if not (np.isfinite(self.weights).all() and (self.weights >= 0).all()):
            raise ValueError("Weights are finite and not negative.")
        self._check_labels()
        if not len(self.rows(Split.TRAIN)):
            raise ValueError("No case is there to train on.")

    def _check_labels(self) -> None:
        for output, column in zip(self.layout, self.labels.T, strict=True):
            known = column[~np.isnan(column)]
            unfit = int((~_fit(output, known)).sum())
            if unfit:
                raise LabelsUnfit(f"{output.name}: {unfit} of {len(known)} labels are {UNFIT[output.kind]}.")

    def rows(self, split: Split) -> NDArray[np.intp]:
        """The indices of a split's cases."""
        return np.flatnonzero(self.split == split)

    def labelled(self, split: Split) -> NDArray[np.intp]:
        """The indices of a split's cases of which at least one label is known and weighs something."""
        known = np.any(~np.isnan(self.labels) & (self.weights > 0), axis=1)
        return np.flatnonzero((self.split == split) & known)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 that recognises a run's data again: over everything but the pixels, of which it takes the shape."""
        # repr() puts the class names OutputLayout, Output and Preparation into the hash. A rename there would refuse the
        # checkpoint of every unfinished run.
        digest = hashlib.sha256(repr((self.images.shape, self.layout, self.preparation)).encode())
        for array in (self.labels, self.weights, self.split):
            digest.update(np.ascontiguousarray(array).tobytes())
        digest.update("\n".join(self.groups).encode())
        return digest.hexdigest()


def _fit(output: Output, labels: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which of an output's known labels (n,) a network can learn from."""
    if output.kind == "binary":
        return (labels >= 0) & (labels <= 1)
    if output.kind == "categorical":
        return np.isin(labels, range(output.width))
    return np.isfinite(labels)


def _fraction(seed: int, patient: str) -> float:
    """0 to 1, uniform over patients. Not Python's hash(), which differs from process to process."""
    digest = hashlib.blake2b(f"{seed}:{patient}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
