"""The threshold of each binary finding, chosen by a policy on a calibration split and on nothing else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout

Float = NDArray[np.float64]
FALLBACK = 0.5  # where a class is absent and nothing can be chosen
Kind = Literal["youden", "sensitivity", "specificity", "cost"]


@dataclass(frozen=True)
class ThresholdPolicy:
    """How thresholds are chosen. Stored in model cards under these names.

    `value`: the share to be reached, above 0 and at most 1, of a sensitivity or specificity; for a cost how many false
    alarms a missed finding is worth, above 0; None for Youden's index. `prevalence`: above 0 and below 1, where the model is
    to be used, for a cost; None for that of the calibration split. Raises ValueError for other values.
    """

    kind: Kind = "youden"
    value: float | None = None
    prevalence: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind) or (self.value is None) != (self.kind == "youden"):
            raise ValueError("A threshold's policy is Youden's index, or a kind with its value.")
        if self.value is not None and not 0 < self.value <= (1000 if self.kind == "cost" else 1):
            raise ValueError(f"A {self.kind} is above 0 and at most 1, a cost at most 1000, not {self.value}.")
        if self.prevalence is not None and not (self.kind == "cost" and 0 < self.prevalence < 1):
            raise ValueError("A prevalence is above 0 and below 1, and that of a cost.")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def choose(
    probabilities: Float,
    labels: Float,
    weights: Float,
    layout: OutputLayout,
    *,
    policy: ThresholdPolicy = ThresholdPolicy(),  # noqa: B008  # frozen
) -> dict[str, float]:
    """A threshold (0 to 1) per binary finding.

    probabilities (N, K) are calibrated; labels (N, F), NaN where unknown; weights (N, F). FALLBACK where positives or
    negatives are absent.
    """
    chosen = {}
    for index, (output, columns) in enumerate(zip(layout, layout.slices, strict=True)):
        if output.kind != "binary":
            continue
        known = np.isfinite(labels[:, index]) & (weights[:, index] > 0)
        scores = probabilities[known, columns.start]
        chosen[output.name] = _by(policy, scores, labels[known, index], weights[known, index])
    return chosen


def youden(probabilities: Float, labels: Float, weights: Float) -> float:
    """The threshold of greatest expected sensitivity + specificity (Youden 1950): the mean calibrated probability.

    A case adds p/Σp to the expected sensitivity and costs (1 − p)/Σ(1 − p) of the specificity, so that calling it
    positive pays where p exceeds the mean of p. The empirical maximum jumps with single cases of a small split:
    on 130 radiographs it lost about a point of balanced accuracy against this one.
    """
    if not _both(labels):
        return FALLBACK
    return float(np.average(probabilities, weights=weights))


def at_sensitivity(probabilities: Float, labels: Float, sensitivity: float) -> float:
    """The highest threshold at which at least this share (0 to 1] of the positives lies at or above it."""
    if not 0 < sensitivity <= 1:
        raise ValueError(f"A sensitivity is above 0 and at most 1, not {sensitivity}.")
    if not _both(labels):
        return FALLBACK
    positives = np.sort(probabilities[labels >= 0.5])[::-1]
    return float(positives[_rank(sensitivity, len(positives)) - 1])


def at_specificity(probabilities: Float, labels: Float, specificity: float) -> float:
    """A threshold below which at least this share (0 to 1] of the negatives lies, none of them needlessly.

    Halfway between the highest of those negatives and the next score above it, or 1: no rounding of either moves a case
    to the other side.
    """
    if not 0 < specificity <= 1:
        raise ValueError(f"A specificity is above 0 and at most 1, not {specificity}.")
    if not _both(labels):
        return FALLBACK
    negatives = np.sort(probabilities[labels < 0.5])
    highest = negatives[_rank(specificity, len(negatives)) - 1]
    above = probabilities[probabilities > highest]
    return float((highest + above.min(initial=1.0)) / 2)


def at_cost(
    probabilities: Float, labels: Float, weights: Float, ratio: float, prevalence: float | None = None
) -> float:
    """The threshold of least expected cost where a missed finding costs `ratio` (above 0) times as much as a false alarm.

    To call a case positive pays from p · ratio = 1 − p on. Where the finding's share is `prevalence` and not that of the
    calibration split, the odds of every case shift by the ratio of the two (C. Elkan, "The foundations of cost-sensitive
    learning", IJCAI 2001, theorems 1 and 2). The share in the split is the mean of its calibrated probabilities.
    """
    if not _both(labels):
        return FALLBACK
    odds = 1 / ratio
    if prevalence is not None:
        share = float(np.average(probabilities, weights=weights))
        odds *= share / (1 - share) * (1 - prevalence) / prevalence
    return odds / (1 + odds)


def from_dict(row: Mapping[str, Any]) -> ThresholdPolicy:
    """A policy as a card holds it. Raises TypeError or ValueError for one it could not have written."""
    return ThresholdPolicy(**row)


def _by(policy: ThresholdPolicy, scores: Float, truth: Float, case_weights: Float) -> float:
    if policy.value is None:
        return youden(scores, truth, case_weights)
    if policy.kind == "sensitivity":
        return at_sensitivity(scores, truth, policy.value)
    if policy.kind == "specificity":
        return at_specificity(scores, truth, policy.value)
    return at_cost(scores, truth, case_weights, policy.value, policy.prevalence)


def _rank(share: float, count: int) -> int:
    """How many of `count` cases are at least this share of them."""
    # The 1e-9 keeps a product such as 9.000000000000002 from being rounded up to 10.
    return max(1, int(np.ceil(share * count - 1e-9)))


def _both(labels: Float) -> bool:
    return bool((labels >= 0.5).any() and (labels < 0.5).any())
