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
    """What the gate judges: the scores (N, F) of two models on one reference set, 0 to 1.

    `champion` is None where the challenger is a project's first model.
    """

    policy: GatePolicy
    reference: ReferenceLabels
    champion: Floats | None
    challenger: Floats

    # Cached: each check reads the AUROCs, and DeLong's variance sorts all images of a finding.
    @cached_property
    def challenger_aurocs(self) -> tuple[Estimate, ...]:
        return self.reference.aurocs(self.challenger)

    @cached_property
    def champion_aurocs(self) -> tuple[Estimate, ...] | None:
        if self.champion is None:
            return None
        return self.reference.aurocs(self.champion)

    @property
    def judged(self) -> list[int]:
        """The indices of the findings with enough patients of both classes."""
        return [index for index, estimate in enumerate(self.challenger_aurocs) if self.enough(estimate)]

    def enough(self, estimate: Estimate) -> bool:
        """Whether enough positive and negative patients stand behind an estimate for the policy to judge it."""
        positives_suffice = estimate.positives >= self.policy.minimum_positives
        negatives_suffice = estimate.negatives >= self.policy.minimum_negatives
        return positives_suffice and negatives_suffice

    def of_images(self, images: NDArray[np.bool_]) -> ModelComparison:
        """The same comparison on some of the images: a mask (N,)."""
        champion = None
        if self.champion is not None:
            champion = self.champion[images]
        return ModelComparison(self.policy, self.reference.of_images(images), champion, self.challenger[images])
