"""What a model says of one finding, in the words, numbers and bars of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from overread.projects.models import Finding

LISTED = 6  # options of a categorical finding; the others are summed up


class Chance(TypedDict):
    """One option of a categorical finding; `bar` in percent."""

    option: str
    text: str
    bar: float


Span = TypedDict("Span", {"from": float, "width": float, "at": float})
"""An interval and the value in it, in percent of the scale they are drawn on."""


class Suggestion(TypedDict, total=False):
    """What suggestion.html shows of one finding; `bar` and `tick`, the threshold, in percent."""

    probability_text: str | None
    bar: float | None
    tick: float | None
    above: bool
    threshold_text: str
    chances: list[Chance]
    span: Span | None
    interval_text: str


def suggestion_context(said: Mapping[str, Any], finding: Finding | None = None) -> Suggestion:
    """The line under a finding: number, threshold or interval, bar. `finding` tells how far a measurement may reach."""
    if "value" in said:
        return _measured(said, finding)
    bar = round(said["probability"] * 100, 1)
    if "option" in said:
        text = f"{said['option']} {said['probability']:.2f}"
        chances = _chances(said["probabilities"])
        return {"probability_text": text, "bar": bar, "tick": None, "above": False, "chances": chances}
    return {**_judged(said["probability"], said["threshold"]), "bar": bar, "above": said["above"]}


def _judged(probability: float, threshold: float) -> Suggestion:
    """Probability and threshold, rounded so that the numbers never contradict the verdict."""
    digits = next((n for n in (2, 3, 4) if _consistent(probability, threshold, n)), 6)
    return {
        "probability_text": f"{probability:.{digits}f}",
        "threshold_text": f"{threshold:.{digits}f}",
        "tick": round(threshold * 100, 1),
    }


def _consistent(probability: float, threshold: float, digits: int) -> bool:
    """Whether both, rounded so, still stand to each other as they do."""
    return (round(probability, digits) >= round(threshold, digits)) == (probability >= threshold)


def _chances(probabilities: Mapping[str, float]) -> list[Chance]:
    """Every option with its probability, the likeliest first; what is beyond LISTED in one row."""
    ranked = sorted(probabilities.items(), key=lambda item: -item[1])
    shown = ranked if len(ranked) <= LISTED else ranked[: LISTED - 1]
    rows = [(option, chance) for option, chance in shown]
    if len(shown) < len(ranked):
        rest = ranked[len(shown) :]
        rows.append((_("%(count)d others") % {"count": len(rest)}, sum(chance for _option, chance in rest)))
    return [{"option": option, "text": f"{chance:.2f}", "bar": round(chance * 100, 1)} for option, chance in rows]


def _measured(said: Mapping[str, Any], finding: Finding | None) -> Suggestion:
    """A number with its unit and, where the model has one, the interval around it."""
    plain: Suggestion = {"bar": None, "tick": None, "above": False, "span": None, "interval_text": ""}
    if "low" not in said:
        return {**plain, "probability_text": f"{said['value']:.1f} {said['unit']}"}
    lowest, highest = (finding.minimum, finding.maximum) if finding else (None, None)
    low, high = _within(said["low"], lowest, highest), _within(said["high"], lowest, highest)
    digits = 0 if high - low >= 5 else 1 if high - low >= 0.5 else 2
    told = {"coverage": f"{said['coverage'] * 100:g}", "low": f"{low:.{digits}f}", "high": f"{high:.{digits}f}"}
    scale = (said["range"][0] if lowest is None else lowest, said["range"][1] if highest is None else highest)
    return {
        **plain,
        "probability_text": f"{said['value']:.{digits}f} {said['unit']}",
        "interval_text": _("%(coverage)s %% interval %(low)s–%(high)s") % told,
        "span": _span(said["value"], low, high, scale),
    }


def _within(value: float, lowest: float | None, highest: float | None) -> float:
    value = value if lowest is None else max(value, lowest)
    return value if highest is None else min(value, highest)


def _span(value: float, low: float, high: float, scale: tuple[float, float]) -> Span | None:
    """The interval and the value in percent of a scale that holds them all; None where the scale has no length."""
    start, end = min(scale[0], low, value), max(scale[1], high, value)
    if end <= start:
        return None
    low, high, value = (round((edge - start) / (end - start) * 100, 1) for edge in (low, high, value))
    return {"from": low, "width": round(max(high - low, 1.0), 1), "at": value}
