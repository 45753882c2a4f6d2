"""The labelled images as arrays: what a comparison with random order is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import FindingOutput, Head

Float = NDArray[np.float64]
Rows = NDArray[np.int64]

Learner = Callable[[NDArray[np.float32], Float, Float, Rows], Head]
"""Fits a scout: embeddings (n, D) float32, labels (n, F) with NaN for unknown, weights (n, F) in 0..1, patients (n,) → a head
with outputs (·, C)."""

# Randomly drawn images with a finding, and as many without it, before the finding counts: an AUROC of fewer tells nothing.
EACH_ANSWER = 10


@dataclass(frozen=True)
class LabelledImages:
    """n labelled images outside the reference set, the first labelled first; row i is the same image in all arrays.

    layout: F findings, binary or categorical, with C columns of outputs. embeddings (n, D) float32.
    labels, weights (n, F): what a scout may learn from, NaN if unknown, and how much it counts, 0..1.
    truth (n, F): labels by readers who had not seen the model, else NaN. Quality is measured on these alone.
    patients (n,) int: the patient of each image. chosen (n,) bool: picked by the strategy.
    probability (n,): how likely a random draw was to bring the image in, above 0 and at most 1; 1 for images that came
    with their labels, NaN if no random draw brought it in.
    Raises ValueError if shapes disagree, a finding is a measurement, or a probability is out of range.
    """

    layout: tuple[FindingOutput, ...]
    embeddings: NDArray[np.float32]
    labels: Float
    weights: Float
    truth: Float
    patients: Rows
    chosen: NDArray[np.bool_]
    probability: Float

    def __post_init__(self) -> None:
        shape = (len(self.embeddings), len(self.layout))
        if not self.labels.shape == self.weights.shape == self.truth.shape == shape:
            raise ValueError(f"Labels, weights and truth have one row per image and one column per finding: {shape}")
        if not self.patients.shape == self.chosen.shape == self.probability.shape == shape[:1]:
            raise ValueError(f"Patients, chosen and probability hold one value for each of {shape[0]} images")
        if any(output.kind == "measurement" for output in self.layout):
            raise ValueError("A measurement is neither right nor wrong: leave it out")
        if ((self.probability <= 0) | (self.probability > 1)).any():
            raise ValueError("A probability is above 0 and at most 1")

    def __len__(self) -> int:
        return len(self.embeddings)

    @cached_property
    def random(self) -> Rows:
        """The rows (r,) that came in at random, with a known truth for at least one finding."""
        return np.flatnonzero(np.isfinite(self.probability) & np.isfinite(self.truth).any(axis=1)).astype(np.int64)

    @cached_property
    def audited(self) -> Rows:
        """The rows (a,) of the audit arm: drawn at random, and not imported with all the others."""
        return self.random[self.probability[self.random] < 1]

    @cached_property
    def picked(self) -> Rows:
        """The rows (p,) that the strategy brought in."""
        return np.flatnonzero(self.chosen).astype(np.int64)

    @cached_property
    def shares(self) -> Float:
        """How many images each row (n,) stands for, relative to the mean of the random ones (Hájek 1971)."""
        # 1 / ∞ is 0: what no draw brought in stands for nothing but itself.
        inverse = 1 / np.where(np.isfinite(self.probability), self.probability, np.inf)
        if not len(self.random):
            return np.asarray(inverse)
        return np.asarray(inverse / inverse[self.random].mean())

    def positives(self, finding: int) -> tuple[int, int]:
        """How many random images are (with, without) a finding. For options: the second most frequent, and all others."""
        truth = self.truth[self.random, finding]
        if self.layout[finding].kind == "binary":
            return int((truth == 1).sum()), int((truth == 0).sum())
        counts = np.bincount(truth[np.isfinite(truth)].astype(int), minlength=2)
        second = int(np.sort(counts)[-2])
        return second, int(counts.sum()) - second

    @cached_property
    def usable(self) -> tuple[int, ...]:
        """The findings with enough random images that have it, and enough that do not."""
        return tuple(at for at in range(len(self.layout)) if min(self.positives(at)) >= EACH_ANSWER)
