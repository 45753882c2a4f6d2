"""What the gate found, ready to be stored as JSON and read by a doctor."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

from training.engine.evaluation.estimate import Interval
from training.engine.evaluation.policy import GatePolicy


@dataclass(frozen=True)
class Check:
    """One demand of the policy. `passed` None means too few to say. `blocks`: this check keeps the gate shut.

    `name` is primary, auroc, precision, calibration, subgroup or abstention. `finding` and `group` are None for a check of all.
    `limit` is what value, low or high was held against; the sentence says which.
    """

    name: str
    finding: str | None
    group: str | None
    passed: bool | None
    blocks: bool
    value: float | None
    low: float | None
    high: float | None
    limit: float
    sentence: str


@dataclass(frozen=True)
class FindingAurocs:
    """AUROC of one finding, for the table; `positives` and `negatives` are patients."""

    finding: str
    positives: int
    negatives: int
    champion: Interval | None
    challenger: Interval


@dataclass(frozen=True)
class GateReport:
    """The gate's answer. `passed` says that promotion may be offered; a person decides.

    `abstained`: reference images that the challenger leaves without a prediction.
    """

    passed: bool
    checks: tuple[Check, ...]
    figures: tuple[FindingAurocs, ...]
    images: int
    patients: int
    policy: GatePolicy
    abstained: int = 0

    @property
    def sentence(self) -> str:
        """One line for the head of the page."""
        met = sum(check.passed is True for check in self.checks)
        undecided = sum(check.passed is None for check in self.checks)
        blocking = sum(check.blocks for check in self.checks)
        parts = [f"{met} of {len(self.checks)} checks met", f"{blocking or 'none'} blocking"]
        if undecided:
            parts.append(f"{undecided} too few to say")
        result = "passed" if self.passed else "not passed"
        return f"Gate {result}: {', '.join(parts)}"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values. What is not known is null."""
        plain: dict[str, Any] = _plain(asdict(self) | {"sentence": self.sentence})
        return plain


def _plain(value: Any) -> Any:
    """The value with lists for tuples and None for NaN: PostgreSQL refuses NaN in JSON."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and isnan(value):
        return None
    return value
