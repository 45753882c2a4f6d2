"""Plain checks: a figure, on which side it is bad, and what is then said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from inference.engine.stages.results import Reason, Verdict


@dataclass(frozen=True)
class Check:
    """One check of `measure`.

    Its limit comes from the accepted images, but lies between `loosest`, beyond which no image is of use, and `strictest`,
    so that a project of very even images does not refuse what is merely another device's.
    """

    code: str
    measure: str
    bad: Literal["low", "high"]
    strictest: float
    loosest: float
    verdict: Verdict

    def fails(self, value: float, limit: float) -> bool:
        """Whether a figure lies on the bad side of the limit."""
        if self.bad == "low":
            return value < limit
        return value > limit

    def bounded(self, limit: float) -> float:
        """The limit, brought between loosest and strictest."""
        lowest, highest = sorted((self.loosest, self.strictest))
        return min(max(limit, lowest), highest)


CHECKS = (
    Check("too_small", "side", "low", 64, 32, "abstain"),
    Check("underexposed", "peak", "low", 0.3, 0.05, "abstain"),
    Check("overexposed", "white", "high", 0.5, 0.9, "abstain"),
    Check("low_contrast", "range", "low", 0.15, 0.03, "abstain"),
    Check("blurred", "detail", "low", 0.028, 0.012, "abstain"),
    Check("clipped", "extremes", "high", 0.6, 0.95, "warn"),
    Check("little_image", "coverage", "low", 0.4, 0.05, "warn"),
    Check("colour", "colour", "high", 0.1, 1.0, "warn"),
)


def failed(figures: Mapping[str, float], limits: Mapping[str, float]) -> list[tuple[Verdict, Reason]]:
    """What the figures of an image fail, by the limits of each code."""
    found = []
    for check in CHECKS:
        value = figures[check.measure]
        limit = limits[check.code]
        if check.fails(value, limit):
            found.append((check.verdict, Reason(check.code, {check.measure: value, "limit": limit})))
    return found
