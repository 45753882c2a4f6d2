"""What a project demands before a model may be promoted; declared before the reference set is looked at."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, TypedDict, get_args

Endpoint = Literal["superiority", "non-inferiority"]


class Bootstrap(TypedDict):
    """The arguments that every bootstrap of the gate is called with."""

    confidence: float
    resamples: int
    seed: int


@dataclass(frozen=True)
class GatePolicy:
    """Margins and limits are on the scale of the figure itself (AUROC, average precision, calibration error).

    primary: what the challenger must show on macro AUROC, over the findings with enough patients. The margins are the
    largest drops that may remain possible at the confidence: overall, by finding, in average precision, in a subgroup.
    minimum_*: what the lower limit of a first model must reach, overall and on each finding. minimum_positives and
    minimum_negatives: patients needed of each before a figure is judged at all; fewer is "too few to say", which blocks
    only the primary endpoint unless too_few_blocks. abstention_limit: the largest share of images with a finding that the
    challenger may leave without a prediction. resamples and seed are the bootstrap's.
    Raises ValueError for a value out of range.
    """

    primary: Endpoint = "non-inferiority"
    primary_margin: float = 0.02
    finding_margin: float = 0.05
    precision_margin: float = 0.10
    subgroup_margin: float = 0.10
    calibration_limit: float = 0.10
    abstention_limit: float = 0.05
    minimum_macro: float = 0.70
    minimum_finding: float = 0.50
    minimum_positives: int = 30
    minimum_negatives: int = 30
    too_few_blocks: bool = False
    confidence: float = 0.95
    resamples: int = 2000
    seed: int = 0

    def __post_init__(self) -> None:
        if self.primary not in get_args(Endpoint):
            raise ValueError(f"The primary endpoint is one of {', '.join(get_args(Endpoint))}, not {self.primary!r}")
        for field in fields(self):
            if field.type == "float" and not 0 <= getattr(self, field.name) <= 1:
                raise ValueError(f"{field.name} lies within 0..1, not {getattr(self, field.name)}")
        if not 0 < self.confidence < 1:
            raise ValueError(f"confidence lies between 0 and 1, not {self.confidence}")
        # DeLong's variance of a class needs two patients.
        if min(self.minimum_positives, self.minimum_negatives) < 2:
            raise ValueError("At least 2 patients of each class")
        if not 100 <= self.resamples <= 100_000:
            raise ValueError(f"resamples lies within 100..100000, not {self.resamples}")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"seed lies within 0..{2**31 - 1}, not {self.seed}")

    @property
    def bootstrap(self) -> Bootstrap:
        return {"confidence": self.confidence, "resamples": self.resamples, "seed": self.seed}
