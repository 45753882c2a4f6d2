"""Two models' scores on one reference set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from training.engine.evaluation.estimate import Estimate, Floats
from training.engine.evaluation.policy import GatePolicy
from training.engine.evaluation.reference import ReferenceLabels


@dataclass(frozen=True)
class ModelComparison:
    """What the gate judges: two models' scores (N, F) on one reference set; champion None for a first model."""

    policy: GatePolicy
    reference: ReferenceLabels
    champion: Floats | None
    challenger: Floats

    @cached_property
    def challenger_aurocs(self) -> tuple[Estimate, ...]:
        return self.reference.aurocs(self.challenger)

    @cached_property
    def champion_aurocs(self) -> tuple[Estimate, ...] | None:
        return None if self.champion is None else self.reference.aurocs(self.champion)

    @property
    def judged(self) -> list[int]:
        """The findings with enough patients of both classes."""
        return [i for i, estimate in enumerate(self.challenger_aurocs) if self.enough(estimate)]

    def enough(self, estimate: Estimate) -> bool:
        least = self.policy.minimum_positives, self.policy.minimum_negatives
        return estimate.positives >= least[0] and estimate.negatives >= least[1]

    def only(self, images: NDArray[np.bool_]) -> ModelComparison:
        champion = None if self.champion is None else self.champion[images]
        return ModelComparison(self.policy, self.reference.only(images), champion, self.challenger[images])
