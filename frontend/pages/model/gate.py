"""A stored verdict of the gate as the page shows it: rows, intervals and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from frontend.charts import strip
from frontend.charts.strip import Span
from training.models import Verdict

BLOCKING = 5  # blocking checks that the page shows at once; it folds the others away


@dataclass(frozen=True)
class FindingRow:
    """One finding of the comparison. `passed`: None for too few images to say."""

    name: str
    positives: int
    negatives: int
    champion: Span | None
    challenger: Span | None
    strip: SafeString
    change: str
    passed: bool | None
    outcome: str


@dataclass(frozen=True)
class SubgroupRow:
    """One subgroup: its AUROC or change in words, its interval drawn, and whether its check was met."""

    name: str
    value: str
    limits: str
    strip: SafeString | None
    passed: bool | None


class StoredInterval(TypedDict):
    """A figure with its limits, as a verdict's report stores it; null stands for too few images to compute one."""

    value: float | None
    low: float | None
    high: float | None


class StoredCheck(StoredInterval):
    """One demand of the gate's policy, as a verdict's report stores it (Check in training.engine.evaluation.report)."""

    name: str
    finding: str
    group: str
    limit: float
    passed: bool | None
    blocks: bool
    sentence: str


@dataclass(frozen=True)
class GateView:
    """Everything the page shows of one verdict. `head` and `tail`: the two halves of its sentence."""

    verdict: Verdict
    head: str
    tail: str
    essential: list[StoredCheck]
    others: list[StoredCheck]
    others_blocking: int
    rows: list[FindingRow]
    axis: SafeString | None
    subgroups: list[SubgroupRow]
    calibration: list[str]


def gate_view(verdict: Verdict, names: Mapping[str, str]) -> GateView:
    """A verdict for the page; `names`: finding slug → name."""
    checks: list[StoredCheck] = verdict.report["checks"]
    head, _colon, tail = verdict.report["sentence"].partition(": ")
    primary = [check for check in checks if check["name"] == "primary"]
    blocking = [check for check in checks if check["blocks"] and check not in primary]
    passive = [check for check in checks if not check["blocks"] and check not in primary]
    rows, axis = finding_rows(verdict, names)
    return GateView(
        verdict=verdict,
        head=head,
        tail=tail,
        essential=primary + blocking[:BLOCKING],
        others=blocking[BLOCKING:] + passive,
        others_blocking=len(blocking[BLOCKING:]),
        rows=rows,
        axis=axis,
        subgroups=subgroup_rows(verdict),
        calibration=[check["sentence"] for check in checks if check["name"] == "calibration"],
    )


def finding_rows(verdict: Verdict, names: Mapping[str, str]) -> tuple[list[FindingRow], SafeString | None]:
    """The findings with both models' AUROC on one scale, and the axis of that scale."""
    figures = verdict.report["figures"]
    if not figures:
        return [], None
    checks = {check["finding"]: check for check in verdict.report["checks"] if check["name"] == "auroc"}
    champions = [span(_("champion"), figure["champion"]) for figure in figures]
    challengers = [span(_("challenger"), figure["challenger"]) for figure in figures]
    scale = strip.reach(filter(None, champions + challengers))
    rows = []
    for figure, champion, challenger in zip(figures, champions, challengers, strict=True):
        check = checks.get(figure["finding"])
        row = FindingRow(
            name=finding_name(figure["finding"], names),
            positives=figure["positives"],
            negatives=figure["negatives"],
            champion=champion,
            challenger=challenger,
            strip=strip.strip(scale, challenger, champion),
            change=signed(challenger.value - champion.value) if challenger and champion else "",
            passed=check["passed"] if check else None,
            outcome=outcome_words(check, first=figure["champion"] is None),
        )
        rows.append(row)
    return rows, strip.axis(scale)


def outcome_words(check: StoredCheck | None, *, first: bool) -> str:
    """The outcome of an AUROC check in two or three words. `first`: there was no champion to compare with."""
    if check is None or check["passed"] is None:
        return _("too few to say")
    if first:
        return _("reaches the minimum") if check["passed"] else _("below the minimum")
    if not check["passed"]:
        return _("drop not ruled out")
    if check["low"] is not None and check["low"] > 0:
        return _("better")
    return _("not worse")


def subgroup_rows(verdict: Verdict) -> list[SubgroupRow]:
    """Macro AUROC in each subgroup of a first model; of any other model, its change from the champion's."""
    checks: list[StoredCheck] = [check for check in verdict.report["checks"] if check["name"] == "subgroup"]
    spans = [span(check["group"], check) for check in checks]
    known = [found for found in spans if found]
    drawn: dict[str, SafeString] = {}
    if verdict.champion_id is None:
        words = decimal
        scale = strip.reach(known)
        for found in known:
            drawn[found.name] = strip.strip(scale, found)
    else:
        words = signed
        # A policy may allow no drop at all: the dotted line must still stand apart from the line at 0.
        margin = -max([0.01, *(check["limit"] for check in checks)])
        scale = strip.about_zero(known, margin)
        for found in known:
            drawn[found.name] = strip.change(scale, found, margin)
    rows = []
    for check, interval in zip(checks, spans, strict=True):
        value = "–"
        limits = ""
        if interval:
            value = words(interval.value)
            limits = f"{words(interval.low)} {_('to')} {words(interval.high)}"
        name = check["group"]
        rows.append(SubgroupRow(name, value, limits, drawn.get(name), check["passed"]))
    return rows


def span(name: str, interval: StoredInterval | None) -> Span | None:
    """An interval of the report; None for too few images to compute one."""
    if interval is None or interval["value"] is None or interval["low"] is None or interval["high"] is None:
        return None
    return Span(name, interval["value"], interval["low"], interval["high"])


def finding_name(column: str, names: Mapping[str, str]) -> str:
    """The name of one column of the model's output: `finding`, or `finding=option`."""
    slug, _equals, option = column.partition("=")
    name = names.get(slug, slug)
    return f"{name}: {option}" if option else name


def decimal(value: float) -> str:
    return f"{value:.3f}"


def signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
