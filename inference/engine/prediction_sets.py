"""Prediction sets of binary findings by split conformal prediction, fitted on a calibration split.

A set holds the answers that the calibration split does not speak against: {present}, {absent}, both or none. Only a set of
one answer is an answer. With both the model abstains on the finding. It does so with none, too: a score that is unusual for
either answer says that the case is unlike the cases of the split, not that the finding is both present and absent.

Fitted class by class, so that the promise holds among those who have the finding and among those who do not, however rare
it is (label-conditional or Mondrian prediction: V. Vovk, I. Lindsay, I. Nouretdinov & A. Gammerman, "Mondrian confidence
machine", 2003; M. Sadinle, J. Lei & L. Wasserman, "Least ambiguous set-valued classifiers with bounded error levels", JASA
114, 2019). The score of an answer is one minus its probability.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil, isfinite
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from inference.engine.intervals import half_width
from inference.engine.outputs import OutputLayout

Float = NDArray[np.float64]
Mask = NDArray[np.bool_]
Answer = Literal["present", "absent", "both"]


@dataclass(frozen=True)
class SetLimits:
    """Which calibrated probabilities (0 to 1) put an answer into the set. Stored in model cards under these names.

    "present" is in it from `present_from` on, "absent" up to `absent_to`. The set holds the truth of a new case with a
    probability of at least `coverage`, given either truth. Fitted on `positives` and `negatives` cases. Raises ValueError for
    values that no fit gives.
    """

    present_from: float
    absent_to: float
    coverage: float
    positives: int
    negatives: int

    def __post_init__(self) -> None:
        limits = (self.present_from, self.absent_to)
        if not all(isfinite(limit) and 0 <= limit <= 1 for limit in limits) or not 0 < self.coverage < 1:
            raise ValueError("The limits of a set lie from 0 to 1, and its coverage between them.")

    def holds(self, probabilities: NDArray[np.floating]) -> tuple[Mask, Mask]:
        """Probabilities (N,) → whether "present" and whether "absent" is in the set, (N,) each."""
        return probabilities >= self.present_from, probabilities <= self.absent_to

    def answers(self, probabilities: NDArray[np.floating], threshold: float) -> tuple[Mask, Mask]:
        """Probabilities (N,) → where the answer is "present" and where it is "absent", (N,) each; else the model abstains.

        An answer on the other side of the threshold is none: a page that shows both would contradict itself. A set that is
        widened so holds the truth as often as before, or more often.
        """
        present, absent = self.holds(probabilities)
        above = probabilities >= threshold
        return present & ~absent & above, absent & ~present & ~above

    def answer(self, probability: float, threshold: float) -> Answer:
        """The set of one case as it is told."""
        present, absent = self.answers(np.array([probability]), threshold)
        if present[0]:
            return "present"
        return "absent" if absent[0] else "both"

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def fit(
    probabilities: Float, labels: Float, weights: Float, layout: OutputLayout, *, coverage: float
) -> dict[str, SetLimits]:
    """Limits per binary finding from calibrated probabilities (N, K), labels (N, F), NaN where unknown, and weights (N, F).

    `coverage` is above 0 and below 1. Uncertain labels do not count. A finding with fewer than `cases_needed` cases of
    either answer has no set.
    """
    found = {}
    for index, (output, columns) in enumerate(zip(layout, layout.slices, strict=True)):
        if output.kind != "binary":
            continue
        counted = weights[:, index] > 0
        scores = probabilities[:, columns.start]
        limits = _fit_output(
            scores[counted & (labels[:, index] == 1)], scores[counted & (labels[:, index] == 0)], coverage
        )
        if limits is not None:
            found[output.name] = limits
    return found


def cases_needed(coverage: float) -> int:
    """How many cases of each answer there must be: with fewer no score is unusual enough to leave an answer out."""
    return ceil(coverage / (1 - coverage) - 1e-9)


def from_dicts(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, SetLimits]:
    """Finding → limits, as a card holds them. Raises TypeError or ValueError for rows it could not have written."""
    return {name: SetLimits(**row) for name, row in rows.items()}


def _fit_output(positives: Float, negatives: Float, coverage: float) -> SetLimits | None:
    """From the probabilities of the cases with the finding and of those without it."""
    unlike_present = half_width(1 - positives, coverage)
    unlike_absent = half_width(negatives, coverage)
    if unlike_present is None or unlike_absent is None:
        return None
    return SetLimits(1 - unlike_present, unlike_absent, coverage, len(positives), len(negatives))
