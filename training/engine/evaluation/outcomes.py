"""What follows from an interval, and how it is said: each rule decides and words its decision in one place."""

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
        return CheckOutcome(
            None, change, margin, f"{_capital(subject)}: change {_signed(change.value)}. Too few to say."
        )
    passed = change.low > -margin
    told = f"a drop of {margin:.3f} is {'ruled out' if passed else 'not ruled out'}"
    return CheckOutcome(passed, change, margin, f"{_capital(subject)}: change {_change(change)}, {told}.")


def superior(subject: str, change: Interval) -> CheckOutcome:
    """Superiority: the lower limit of the change lies above nothing."""
    passed = change.low > 0
    told = "better" if passed else "not shown to be better"
    return CheckOutcome(passed, change, 0.0, f"{_capital(subject)}: change {_change(change)}, {told}.")


def at_least(subject: str, value: Interval, minimum: float) -> CheckOutcome:
    """A declared minimum: the lower limit reaches it."""
    passed = value.low >= minimum
    told = f"lower limit {'reaches' if passed else 'below'} {minimum:.3f}"
    return CheckOutcome(passed, value, minimum, f"{_capital(subject)}: {_span(value)}, {told}.")


def not_below(subject: str, value: Interval, minimum: float) -> CheckOutcome:
    """The upper limit reaches the minimum: the data do not show that it is missed."""
    passed = value.high >= minimum
    told = f"{'not shown to be' if passed else 'clearly'} below {minimum:.3f}"
    return CheckOutcome(passed, value, minimum, f"{_capital(subject)}: {_span(value)}, {told}.")


def within(subject: str, value: Interval, limit: float) -> CheckOutcome:
    """The value itself stays within the limit."""
    passed = value.value <= limit
    told = f"{'within' if passed else 'above'} the limit of {limit:.3f}"
    return CheckOutcome(passed, value, limit, f"{_capital(subject)}: {_span(value)}, {told}.")


def too_few(finding: str, estimate: Estimate, limit: float, policy: GatePolicy) -> CheckOutcome:
    """A finding with fewer patients than the policy wants."""
    told = f"{estimate.positives} positive and {estimate.negatives} negative patients"
    return CheckOutcome(None, UNKNOWN, limit, f"{_capital(finding)}: {told}, {_wanted(policy)} needed. Too few to say.")


def none_judged(subject: str, limit: float, policy: GatePolicy) -> CheckOutcome:
    """No finding at all has the patients that the policy wants."""
    return CheckOutcome(
        None, UNKNOWN, limit, f"{_capital(subject)}: no finding has {_wanted(policy)} patients. Too few to say."
    )


def figure(name: str, finding: str) -> str:
    """ "effusion, AUROC": what a check of one finding speaks of."""
    return f"{finding}, {name}"


def macro(judged: int, findings: int, group: str | None) -> str:
    """ "macro AUROC", in which group, and over how many of the findings where some could not be judged."""
    over = "" if judged in (0, findings) else f" over {judged} of {findings} findings"
    return ("" if group is None else f"{group}, ") + f"macro AUROC{over}"


def _wanted(policy: GatePolicy) -> str:
    return f"{policy.minimum_positives} positive and {policy.minimum_negatives} negative"


def _signed(value: float) -> str:
    return "0.000" if abs(value) < 0.0005 else f"{value:+.3f}".replace("-", "−")


def _change(interval: Interval) -> str:
    return f"{_signed(interval.value)} ({_signed(interval.low)} to {_signed(interval.high)})"


def _span(interval: Interval) -> str:
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
