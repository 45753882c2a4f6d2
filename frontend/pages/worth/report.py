"""A report in words and curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from frontend.charts.curve import Series, curve
from frontend.pages.model.gate import signed
from labeling.models import WorthReport
from labeling.selection.worth.signals import Signal, signal_of

SIGNALS: dict[Signal, Any] = {
    "settled": gettext_lazy("Reading more of these is unlikely to change the model."),
    "changing": gettext_lazy(
        "The model's answers still change as labels come; that its measured quality still rises is not shown."
    ),
    "rising": gettext_lazy("The model's answers hardly change any more, but its measured quality still rises."),
    "learning": gettext_lazy("The model is still learning from what is read."),
    "too_few": gettext_lazy("Too few images to say whether the model has settled."),
}


class StoredEstimate(TypedDict):
    """An estimate with its 99 % interval."""

    value: float
    low: float
    high: float


class StoredComparison(TypedDict):
    """The strategy and random order, as a report stores them: mean AUROC by number of labels, null if unknown."""

    sizes: list[int]
    chosen: list[float | None]
    random: list[float | None]
    gain: StoredEstimate
    saved: StoredEstimate
    minutes: StoredEstimate | None
    tested: int


@dataclass(frozen=True)
class FigureRow:
    """A figure with its interval, in words."""

    name: str
    value: str
    interval: str


@dataclass(frozen=True)
class ComparisonView:
    """One comparison as the page shows it. `tested`: images."""

    chart: SafeString
    sentence: str
    figures: list[FigureRow]
    tested: int


class ReportView(TypedDict):
    """Everything the page says of one report. `parts`: its comparisons by name; `others`: images in none of them."""

    result: Mapping[str, Any]
    parts: dict[str, ComparisonView]
    others: int
    signal: Any
    slope: str
    kappas: str


def report_view(report: WorthReport) -> ReportView:
    result = report.result
    slope: StoredEstimate | None = result["stopping"]["slope"]
    kappas: list[float] = result["stopping"]["kappas"]
    signal: Signal = "too_few"
    if kappas and slope:
        signal = signal_of(kappas, slope["low"])
    parts = {}
    for name in ("replay", "arms"):
        if result[name] is not None:
            parts[name] = comparison_view(result[name], report.strategy)
    return {
        "result": result,
        "parts": parts,
        "others": max(0, result["labelled"] - result["random"] - result["picked"]),
        "signal": SIGNALS[signal],
        "slope": slope_words(slope),
        "kappas": ", ".join(f"{kappa:.2f}" for kappa in kappas),
    }


def comparison_view(comparison: StoredComparison, strategy: str) -> ComparisonView:
    return ComparisonView(
        chart=comparison_chart(comparison, strategy),
        sentence=sentence(comparison, strategy),
        figures=figure_rows(comparison),
        tested=comparison["tested"],
    )


def comparison_chart(comparison: StoredComparison, strategy: str) -> SafeString:
    labels = comparison["sizes"][-1]
    chosen = points(comparison["sizes"], comparison["chosen"])
    random = points(comparison["sizes"], comparison["random"])
    aurocs = [auroc for _labels, auroc in chosen + random]
    told = _("Mean AUROC by labels, to %(labels)d labels: %(strategy)s %(chosen).3f, random %(random).3f") % {
        "labels": labels,
        "strategy": strategy,
        "chosen": chosen[-1][1],
        "random": random[-1][1],
    }
    return curve(
        [Series(_("chosen"), chosen), Series(_("random"), random, "s2")],
        label=told,
        x_to=labels,
        x_words=_("Labels"),
        y_from=min(aurocs),
        y_to=max(aurocs),
    )


def points(sizes: Sequence[int], aurocs: Sequence[float | None]) -> tuple[tuple[float, float], ...]:
    """(labels, AUROC); an unknown AUROC makes no point."""
    known = []
    for size, auroc in zip(sizes, aurocs, strict=True):
        if auroc is not None:
            known.append((float(size), auroc))
    return tuple(known)


def figure_rows(comparison: StoredComparison) -> list[FigureRow]:
    """AUROC gained, labels saved and, if it was measured, minutes saved."""
    gain = comparison["gain"]
    saved = comparison["saved"]
    minutes = comparison["minutes"]
    rows = [
        FigureRow(_("AUROC gained"), signed(gain["value"]), f"{signed(gain['low'])} … {signed(gain['high'])}"),
        FigureRow(_("Labels saved"), signed_whole(saved["value"]), interval_words(saved)),
    ]
    if minutes:
        rows.append(FigureRow(_("Minutes saved"), signed_whole(minutes["value"]), interval_words(minutes)))
    return rows


def sentence(comparison: StoredComparison, strategy: str) -> str:
    """Which order reaches the same AUROC sooner, and by how many labels; no difference if the interval holds 0."""
    saved = comparison["saved"]
    # Rounded first: the sentence must not contradict the whole numbers beside it.
    labels = abs(round(saved["value"]))
    told = {"labels": labels, "budget": comparison["sizes"][-1], "strategy": strategy, "between": interval_words(saved)}
    if round(saved["low"]) <= 0 <= round(saved["high"]):
        words = _(
            "No difference in labels is shown: of the %(budget)d that random order takes, %(strategy)s saves %(between)s "
            "(99 %% interval)."
        )
    elif round(saved["value"]) >= 0:
        words = ngettext(
            "%(strategy)s reaches what random order reaches with %(budget)d labels about %(labels)d label sooner.",
            "%(strategy)s reaches what random order reaches with %(budget)d labels about %(labels)d labels sooner.",
            labels,
        )
    else:
        words = ngettext(
            "Random order reaches what %(strategy)s reaches with %(budget)d labels about %(labels)d label sooner.",
            "Random order reaches what %(strategy)s reaches with %(budget)d labels about %(labels)d labels sooner.",
            labels,
        )
    return words % told


def signed_whole(value: float) -> str:
    """A rounded number with its sign; a minus as wide as a plus."""
    return f"{round(value):+d}".replace("-", "−")


def interval_words(estimate: StoredEstimate) -> str:
    return f"{signed_whole(estimate['low'])} … {signed_whole(estimate['high'])}"


def slope_words(slope: StoredEstimate | None) -> str:
    """ "+0.004 (−0.002 … +0.010)": AUROC by 100 more labels; "" for an unknown slope."""
    if slope is None:
        return ""
    return f"{signed(slope['value'])} ({signed(slope['low'])} … {signed(slope['high'])})"
