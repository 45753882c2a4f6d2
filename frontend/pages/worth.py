"""Is selection worth it? The newest report in words and curves, the strategy in force, and the way back to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from frontend.charts.curve import Series, curve
from frontend.pages.model.gate import signed
from frontend.pages.settings.in_force import in_force
from frontend.people import person
from labeling.jobs import worth_jobs
from labeling.models import WorthReport
from labeling.queries.labels import labelled_count
from labeling.queries.selections import strategy_failure, worth_newest
from labeling.selection.worth.signals import Signal, signal_of
from labeling.services.worth import EVERY, NothingToRestore, comparable, put_aside, strategy_restore, worth_ask
from overread.jobs.models import State
from overread.projects.models import Project
from overread.projects.queries import project_for

SIGNALS: dict[Signal, Any] = {
    "settled": gettext_lazy("Reading more of these is unlikely to change the model."),
    "changing": gettext_lazy(
        "The model's answers still change as labels come; that its measured quality still rises is not shown."
    ),
    "rising": gettext_lazy("The model's answers hardly change any more, but its measured quality still rises."),
    "learning": gettext_lazy("The model is still learning from what is read."),
    "too_few": gettext_lazy("Too few images to say whether the model has settled."),
}


@dataclass(frozen=True)
class Figure:
    """A figure with its interval, in words."""

    name: str
    value: str
    interval: str


@dataclass(frozen=True)
class Compared:
    """One comparison as the page shows it."""

    chart: SafeString
    sentence: str
    figures: list[Figure]
    tested: int


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """A POST has a report made."""
    project = project_for(person(request), slug, "labeling.select")
    if request.method == "POST":
        worth_ask(project=project, actor=person(request))
        messages.success(request, _("A report is asked for."))
        return redirect("project-worth", slug)
    report = worth_newest(project)
    context = {
        "project": project,
        "report": report,
        "put_aside": put_aside(project),
        "strategy_failure": strategy_failure(project),
        "comparable": comparable(project),
        "labels": labelled_count(project),
        "every": EVERY,
        "policies": in_force(project),
        "may_change": person(request).has_perm("projects.administer", project),
        **making(project, report),
        **(told(report) if report else {}),
    }
    return render(request, "worth.html", context)


def making(project: Project, report: WorthReport | None) -> dict[str, Any]:
    """Whether a report is being made; else the last job, where it died, and when it looked again and found it all said."""
    jobs = worth_jobs(project.pk)
    if jobs.filter(state__in=[State.QUEUED, State.RUNNING]).exists():
        return {"making": True}
    last = jobs.first()
    idle = last and report and last.state == State.DONE and last.created_at > report.created_at
    return {
        "died": last if last and last.state == State.DEAD else None,
        "looked": last.finished_at if last and idle else None,
    }


@login_required
@require_POST
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Put back in force the strategy that a report has put aside."""
    project = project_for(person(request), slug, "labeling.select")
    try:
        strategy = strategy_restore(project=project, actor=person(request)).strategy
    except NothingToRestore as nothing:
        messages.warning(request, str(nothing))
    except ValidationError as refused:  # it is not allowed here any more
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("%(strategy)s is in force again.") % {"strategy": strategy})
    return redirect("project-worth", slug)


def told(report: WorthReport) -> dict[str, Any]:
    """Everything the page says of one report."""
    result = report.result
    stopping, kappas = result["stopping"], result["stopping"]["kappas"]
    return {
        "result": result,
        "parts": {
            name: compared(result[name], report.strategy) for name in ("replay", "arms") if result[name] is not None
        },
        "others": max(0, result["labelled"] - result["random"] - result["picked"]),
        "signal": SIGNALS[signal_of(kappas, stopping["slope"]["low"]) if kappas else "too_few"],
        "slope": slope_words(stopping),
        "kappas": ", ".join(f"{kappa:.2f}" for kappa in kappas),
    }


def compared(comparison: Mapping[str, Any], strategy: str) -> Compared:
    sizes = comparison["sizes"]
    lines = [
        Series(_("chosen"), points(sizes, comparison["chosen"])),
        Series(_("random"), points(sizes, comparison["random"]), "s2"),
    ]
    known = [value for line in lines for _size, value in line.points]
    told = _("Mean AUROC by labels, to %(labels)d labels: %(strategy)s %(chosen).3f, random %(random).3f") % {
        "labels": sizes[-1],
        "strategy": strategy,
        "chosen": lines[0].points[-1][1],
        "random": lines[1].points[-1][1],
    }
    return Compared(
        curve(
            lines,
            label=told,
            x_to=sizes[-1],
            x_words=_("Labels"),
            y_from=min(known),
            y_to=max(known),
        ),
        sentence(comparison, strategy),
        figures(comparison),
        comparison["tested"],
    )


def points(sizes: Sequence[int], values: Sequence[float | None]) -> tuple[tuple[float, float], ...]:
    """(labels, AUROC) wherever that is known."""
    return tuple((size, value) for size, value in zip(sizes, values, strict=True) if value is not None)


def figures(comparison: Mapping[str, Any]) -> list[Figure]:
    """What the two curves amount to."""
    gain, minutes = comparison["gain"], comparison["minutes"]
    rows = [
        Figure(_("AUROC gained"), signed(gain["value"]), f"{signed(gain['low'])} … {signed(gain['high'])}"),
        Figure(_("Labels saved"), whole(comparison["saved"]["value"]), between(comparison["saved"])),
    ]
    if minutes:
        rows.append(Figure(_("Minutes saved"), whole(minutes["value"]), between(minutes)))
    return rows


def sentence(comparison: Mapping[str, Any], strategy: str) -> str:
    """The labels saved, or spent, in a sentence; that no difference is shown where the interval holds 0."""
    saved = {name: round(value) for name, value in comparison["saved"].items()}
    told = {"labels": abs(saved["value"]), "budget": comparison["sizes"][-1], "strategy": strategy}
    if saved["low"] <= 0 <= saved["high"]:
        said = _(
            "No difference in labels is shown: of the %(budget)d that random order takes, %(strategy)s saves %(between)s "
            "(99 %% interval)."
        )
        return said % (told | {"between": between(comparison["saved"])})
    if saved["value"] >= 0:
        return (
            ngettext(
                "%(strategy)s reaches what random order reaches with %(budget)d labels about %(labels)d label sooner.",
                "%(strategy)s reaches what random order reaches with %(budget)d labels about %(labels)d labels sooner.",
                told["labels"],
            )
            % told
        )
    return (
        ngettext(
            "Random order reaches what %(strategy)s reaches with %(budget)d labels about %(labels)d label sooner.",
            "Random order reaches what %(strategy)s reaches with %(budget)d labels about %(labels)d labels sooner.",
            told["labels"],
        )
        % told
    )


def whole(value: float) -> str:
    return f"{round(value):+d}".replace("-", "−")


def between(estimate: Mapping[str, float]) -> str:
    return f"{whole(estimate['low'])} … {whole(estimate['high'])}"


def slope_words(stopping: Mapping[str, Any]) -> str:
    """ "100 more labels: +0.004 AUROC (−0.002 … +0.010)"; "" where it is not known."""
    slope = stopping["slope"]
    if slope is None:
        return ""
    return f"{signed(slope['value'])} ({signed(slope['low'])} … {signed(slope['high'])})"
