"""A stored verdict as the page shows it: rows, strips and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from frontend.charts import strip
from frontend.charts.strip import Span
from training.models import Verdict

BLOCKING = 5  # checks that block and stand in full view; the rest unfolds


@dataclass(frozen=True)
class Row:
    """One finding of the comparison."""

    name: str
    positives: int
    negatives: int
    champion: Span | None
    challenger: Span | None
    strip: SafeString
    change: str
    passed: bool | None
    ruling: str


@dataclass(frozen=True)
class Group:
    """One subgroup: its figure in words, its strip, and whether its check was met."""

    name: str
    value: str
    limits: str
    strip: SafeString | None
    passed: bool | None


@dataclass(frozen=True)
class Shown:
    """Everything of one verdict. `head` and `tail` are its sentence in two; `essential` decides, or blocks first."""

    verdict: Verdict
    head: str
    tail: str
    essential: list[Mapping[str, Any]]
    others: list[Mapping[str, Any]]
    others_blocking: int
    rows: list[Row]
    axis: SafeString | None
    subgroups: list[Group]
    calibration: list[str]


def shown(verdict: Verdict, names: Mapping[str, str]) -> Shown:
    """A verdict for the page; `names`: finding slug → name."""
    report = verdict.report
    head, _colon, tail = report["sentence"].partition(": ")
    checks = report["checks"]
    rows, axis = rows_of(verdict, names)
    blocking = [check for check in checks if check["blocks"] and check["name"] != "primary"]
    essential = [check for check in checks if check["name"] == "primary"] + blocking[:BLOCKING]
    return Shown(
        verdict=verdict,
        head=head,
        tail=tail,
        essential=essential,
        others=blocking[BLOCKING:] + [check for check in checks if check not in essential and not check["blocks"]],
        others_blocking=len(blocking[BLOCKING:]),
        rows=rows,
        axis=axis,
        subgroups=subgroups_of(verdict),
        calibration=[check["sentence"] for check in checks if check["name"] == "calibration"],
    )


def rows_of(verdict: Verdict, names: Mapping[str, str]) -> tuple[list[Row], SafeString | None]:
    """The findings with both models' AUROC, on one scale, and that scale's head."""
    figures = verdict.report["figures"]
    rulings = {check["finding"]: check for check in verdict.report["checks"] if check["name"] == "auroc"}
    pairs = [(span(_("champion"), one["champion"]), span(_("challenger"), one["challenger"])) for one in figures]
    scale = strip.reach([found for pair in pairs for found in pair if found])
    rows = []
    for figure, (before, now) in zip(figures, pairs, strict=True):
        ruling = rulings.get(figure["finding"])
        rows.append(
            Row(
                name=finding_name(figure["finding"], names),
                positives=figure["positives"],
                negatives=figure["negatives"],
                champion=before,
                challenger=now,
                strip=strip.strip(scale, now, before),
                change=signed(now.value - before.value) if now and before else "",
                passed=ruling["passed"] if ruling else None,
                ruling=ruling_words(ruling, first=figure["champion"] is None),
            )
        )
    return rows, strip.axis(scale) if rows else None


def ruling_words(check: Mapping[str, Any] | None, *, first: bool) -> str:
    """What a check of a finding's AUROC came to, in two or three words."""
    if check is None or check["passed"] is None:
        return _("too few to say")
    if first:
        return _("reaches the minimum") if check["passed"] else _("below the minimum")
    if not check["passed"]:
        return _("drop not ruled out")
    return _("better") if (check["low"] or 0.0) > 0 else _("not worse")


def subgroups_of(verdict: Verdict) -> list[Group]:
    """Macro AUROC in each group: a first model's own, otherwise the change."""
    checks = [check for check in verdict.report["checks"] if check["name"] == "subgroup"]
    spans = [span(check["group"], check) for check in checks]
    known = [found for found in spans if found]
    if verdict.champion_id is None:
        scale, figure = strip.reach(known), plain
        drawn = {found.name: strip.strip(scale, found) for found in known}
    else:
        margin = -max([check["limit"] for check in checks] + [0.01])
        scale, figure = strip.about_zero(known, margin), signed
        drawn = {found.name: strip.change(scale, found, margin) for found in known}
    return [
        Group(
            name=check["group"],
            value=figure(found.value) if found else "–",
            limits=f"{figure(found.low)} {_('to')} {figure(found.high)}" if found else "",
            strip=drawn.get(check["group"]),
            passed=check["passed"],
        )
        for check, found in zip(checks, spans, strict=True)
    ]


def span(name: str, interval: Mapping[str, Any] | None) -> Span | None:
    """An interval of the report; None where the data could not tell one."""
    if interval is None or None in (interval["value"], interval["low"], interval["high"]):
        return None
    return Span(name, interval["value"], interval["low"], interval["high"])


def finding_name(column: str, names: Mapping[str, str]) -> str:
    """A column of the gate is a finding, or `finding=option`."""
    slug, _equals, option = column.partition("=")
    return f"{names.get(slug, slug)}: {option}" if option else names.get(slug, slug)


def plain(value: float) -> str:
    return f"{value:.3f}"


def signed(value: float) -> str:
    return f"{value:+.3f}".replace("-", "−")
