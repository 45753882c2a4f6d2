"""A model's answer to one finding, as the numbers, words and bars of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from overread.projects.models import Finding

LISTED = 6  # options of a categorical finding; of more, the least likely share one row


class Chance(TypedDict):
    """One option of a categorical finding; `bar` in percent."""

    option: str
    text: str
    bar: float


IntervalBar = TypedDict("IntervalBar", {"from": float, "width": float, "at": float})
"""An interval and the value in it, in percent of the scale they are drawn on."""


class Suggestion(TypedDict, total=False):
    """What suggestion.html shows of one finding. `bar`, the probability, and `tick`, the threshold, are in percent."""

    probability_text: str | None
    bar: float | None
    tick: float | None
    above: bool
    threshold_text: str
    abstains_text: str
    chances: list[Chance]
    span: IntervalBar | None
    interval_text: str


def suggestion_context(output: Mapping[str, Any], finding: Finding | None = None) -> Suggestion:
    """The line under a finding: number, threshold or interval, bar. `finding` limits what a measurement can be."""
    if "value" in output:
        return _measurement(output, finding)
    if "option" in output:
        return _categorical(output)
    return _binary(output)


def _binary(output: Mapping[str, Any]) -> Suggestion:
    """Probability and threshold, with as many digits as it takes for the numbers not to contradict the verdict.

    Where the model abstains the probability stays in view, and neither its words nor its colour take a side.
    """
    probability = output["probability"]
    threshold = output["threshold"]
    digits = _consistent_digits(probability, threshold)
    suggestion: Suggestion = {
        "probability_text": f"{probability:.{digits}f}",
        "bar": _percent(probability),
        "tick": _percent(threshold),
    }
    if abstains(output):
        return {**suggestion, "above": False, "abstains_text": _("the model abstains on this finding")}
    return {**suggestion, "above": output["above"], "threshold_text": f"{threshold:.{digits}f}"}


def abstains(output: Mapping[str, Any]) -> bool:
    """Whether the model gives no answer: its set holds both, or is empty (`inference.engine.prediction_sets`)."""
    return output.get("set") == "both"


def _percent(share: float) -> float:
    return round(share * 100, 1)


def _consistent_digits(probability: float, threshold: float) -> int:
    """Digits at which the rounded numbers compare as the true ones do: 0.497 is below 0.5, but 0.50 is not."""
    above = probability >= threshold
    for digits in (2, 3, 4):
        if (round(probability, digits) >= round(threshold, digits)) == above:
            return digits
    return 6


def _categorical(output: Mapping[str, Any]) -> Suggestion:
    return {
        "probability_text": f"{output['option']} {output['probability']:.2f}",
        "bar": _percent(output["probability"]),
        "tick": None,
        "above": False,
        "chances": _chances(output["probabilities"]),
    }


def _chances(probabilities: Mapping[str, float]) -> list[Chance]:
    """Every option with its probability, the likeliest first. Beyond LISTED rows the rest is added up in one."""
    ranked = sorted(probabilities.items(), key=lambda item: -item[1])
    if len(ranked) <= LISTED:
        return [_chance(option, probability) for option, probability in ranked]
    chances = [_chance(option, probability) for option, probability in ranked[: LISTED - 1]]
    rest = ranked[LISTED - 1 :]
    total = sum(probability for _option, probability in rest)
    return [*chances, _chance(_("%(count)d others") % {"count": len(rest)}, total)]


def _chance(option: str, probability: float) -> Chance:
    return {"option": option, "text": f"{probability:.2f}", "bar": _percent(probability)}


def _measurement(output: Mapping[str, Any], finding: Finding | None) -> Suggestion:
    """A number with its unit, and the interval around it if the model has one."""
    suggestion: Suggestion = {"bar": None, "tick": None, "above": False, "span": None, "interval_text": ""}
    if "low" not in output:
        return {**suggestion, "probability_text": f"{output['value']:.1f} {output['unit']}"}
    lowest = finding.minimum if finding else None
    highest = finding.maximum if finding else None
    low = _within(output["low"], lowest, highest)
    high = _within(output["high"], lowest, highest)
    digits = _digits(high - low)
    told = {"coverage": f"{output['coverage'] * 100:g}", "low": f"{low:.{digits}f}", "high": f"{high:.{digits}f}"}
    start, end = output["range"]  # the model's own, for a finding without limits
    if lowest is not None:
        start = lowest
    if highest is not None:
        end = highest
    return {
        **suggestion,
        "probability_text": f"{output['value']:.{digits}f} {output['unit']}",
        "interval_text": _("%(coverage)s %% interval %(low)s–%(high)s") % told,
        "span": _interval_bar(output["value"], low, high, start, end),
    }


def _digits(width: float) -> int:
    """Decimals for an interval of this width: more would suggest a precision that the model does not have."""
    if width >= 5:
        return 0
    return 1 if width >= 0.5 else 2


def _within(value: float, lowest: float | None, highest: float | None) -> float:
    if lowest is not None:
        value = max(value, lowest)
    if highest is not None:
        value = min(value, highest)
    return value


def _interval_bar(value: float, low: float, high: float, start: float, end: float) -> IntervalBar | None:
    """The interval and the value in percent of the scale, start..end widened to hold them; None for a scale of length 0."""
    start = min(start, low, value)
    end = max(end, high, value)
    if end <= start:
        return None

    def percent(edge: float) -> float:
        return _percent((edge - start) / (end - start))

    # At least 1 % wide: a narrower bar could not be seen.
    width = round(max(percent(high) - percent(low), 1.0), 1)
    return {"from": percent(low), "width": width, "at": percent(value)}
