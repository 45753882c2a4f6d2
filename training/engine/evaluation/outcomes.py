"""From an interval to a check's outcome. Each rule decides and words its decision in one place."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan

from training.engine.evaluation.estimate import Estimate, Interval
from training.engine.evaluation.policy import GatePolicy

UNKNOWN = Interval(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True)
class CheckOutcome:
    """`passed` None means too few to say. `limit` is what the interval was held against."""

    passed: bool | None
    interval: Interval
    limit: float
    sentence: str


def no_drop(subject: str, change: Interval, margin: float) -> CheckOutcome:
    """Non-inferiority: the lower limit of the change lies above minus the margin."""
    if isnan(change.low):
        sentence = f"{_capital(subject)}: change {_signed(change.value)}. Too few to say."
        return CheckOutcome(None, change, margin, sentence)
    passed = change.low > -margin
    verdict = "ruled out" if passed else "not ruled out"
    sentence = f"{_capital(subject)}: change {_change(change)}, a drop of {margin:.3f} is {verdict}."
    return CheckOutcome(passed, change, margin, sentence)


def superior(subject: str, change: Interval) -> CheckOutcome:
    """Superiority: the lower limit of the change lies above 0."""
    passed = change.low > 0
    verdict = "better" if passed else "not shown to be better"
    return CheckOutcome(passed, change, 0.0, f"{_capital(subject)}: change {_change(change)}, {verdict}.")


def at_least(subject: str, value: Interval, minimum: float) -> CheckOutcome:
    """A declared minimum: the lower limit reaches it."""
    passed = value.low >= minimum
    verdict = "reaches" if passed else "below"
    sentence = f"{_capital(subject)}: {_span(value)}, lower limit {verdict} {minimum:.3f}."
    return CheckOutcome(passed, value, minimum, sentence)


def not_below(subject: str, value: Interval, minimum: float) -> CheckOutcome:
    """The upper limit reaches the minimum: the data do not show that the minimum is missed."""
    passed = value.high >= minimum
    verdict = "not shown to be" if passed else "clearly"
    sentence = f"{_capital(subject)}: {_span(value)}, {verdict} below {minimum:.3f}."
    return CheckOutcome(passed, value, minimum, sentence)


def within(subject: str, value: Interval, limit: float) -> CheckOutcome:
    """The value itself stays within the limit."""
    passed = value.value <= limit
    verdict = "within" if passed else "above"
    sentence = f"{_capital(subject)}: {_span(value)}, {verdict} the limit of {limit:.3f}."
    return CheckOutcome(passed, value, limit, sentence)


def too_few(finding: str, estimate: Estimate, limit: float, policy: GatePolicy) -> CheckOutcome:
    """A finding with fewer patients than the policy asks for."""
    have = f"{estimate.positives} positive and {estimate.negatives} negative patients"
    sentence = f"{_capital(finding)}: {have}, {_needed(policy)} needed. Too few to say."
    return CheckOutcome(None, UNKNOWN, limit, sentence)


def none_judged(subject: str, limit: float, policy: GatePolicy) -> CheckOutcome:
    """No finding has the patients that the policy asks for."""
    sentence = f"{_capital(subject)}: no finding has {_needed(policy)} patients. Too few to say."
    return CheckOutcome(None, UNKNOWN, limit, sentence)


def subject(metric: str, finding: str) -> str:
    """What a check of one finding speaks of: effusion, AUROC."""
    return f"{finding}, {metric}"


def macro_subject(judged: int, findings: int, group: str | None) -> str:
    """What a check of all findings speaks of: sex female, macro AUROC over 3 of 5 findings.

    The count is left out where all findings are judged, or none is.
    """
    text = "macro AUROC"
    if judged not in (0, findings):
        text += f" over {judged} of {findings} findings"
    if group is not None:
        text = f"{group}, {text}"
    return text


def _needed(policy: GatePolicy) -> str:
    return f"{policy.minimum_positives} positive and {policy.minimum_negatives} negative"


def _signed(value: float) -> str:
    """Three decimals with a sign and a true minus. What rounds to zero has no sign: "-0.000" would look like a drop."""
    if abs(value) < 0.0005:
        return "0.000"
    return f"{value:+.3f}".replace("-", "−")


def _change(interval: Interval) -> str:
    return f"{_signed(interval.value)} ({_signed(interval.low)} to {_signed(interval.high)})"


def _span(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def _capital(text: str) -> str:
    # Not str.capitalize, which would turn "macro AUROC" into "Macro auroc".
    return text[:1].upper() + text[1:]
