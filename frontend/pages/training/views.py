"""The page itself: the list of runs, one of them in detail; starting and cancelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.pages.training import curves, limits, words
from frontend.people import person
from inference.queries import champion_of, champion_record
from labeling.queries.selections import strategy_failure
from overread.projects.models import Project
from overread.projects.queries import project_for
from training.models import Epoch, Run, Snapshot
from training.queries.runs import EpochsDone, epochs_done, runs_of
from training.services import NothingToLearn, RunActive, run_cancel, run_request

if TYPE_CHECKING:
    from frontend.pages.training.forms import StartForm

RUNS = 20  # a page


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest run in detail. A POST starts one; a refusal is shown beside what was typed."""
    project = project_for(person(request), slug, "training.view")
    newest = runs_of(project).first()
    if request.method == "GET":
        return _page(request, project, newest)
    project = project_for(person(request), slug, "training.run")
    return _start(request, project, newest)


def _start(request: HttpRequest, project: Project, newest: Run | None) -> HttpResponse:
    # The form knows the backbones, and they torch: a web process without this page starts without it.
    from frontend.pages.training.forms import StartForm

    form = StartForm(request.POST, project=project)
    if not form.is_valid():
        return _page(request, project, newest, form)
    try:
        run = run_request(project=project, trigger="button", requested_by=person(request), **form.overrides)
    except (RunActive, NothingToLearn) as refusal:
        form.add_error(None, str(refusal))
        return _page(request, project, newest, form)
    except ValueError as objection:  # the recipe knows limits that no single field has
        form.refuse(str(objection))
        return _page(request, project, newest, form)
    messages.success(request, _("Run %(number)d waits for a worker.") % {"number": run.number})
    return redirect("run", project.slug, run.number)


@login_required
@never_cache
@require_GET
def run(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    project = project_for(person(request), slug, "training.view")
    return _page(request, project, run_found(project, number))


@login_required
@never_cache
@require_GET
def live(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The part of the page that changes during a run; after the run the browser reloads the page."""
    project = project_for(person(request), slug, "training.view")
    found = run_found(project, number)
    response = render(request, "training/run.html", {"project": project, **detail(project, found)})
    if found.state not in Run.ACTIVE:
        # The list of runs and the buttons change too, and they lie outside this part.
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def cancel(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    project = project_for(person(request), slug, "training.run")
    found = run_found(project, number)
    if run_cancel(run=found, actor=person(request)):
        messages.success(request, _("Run %(number)d is cancelled.") % {"number": number})
    else:
        messages.warning(request, _("Run %(number)d was over already.") % {"number": number})
    return redirect("run", slug, number)


def run_found(project: Project, number: int) -> Run:
    found = runs_of(project).filter(number=number).first()
    if found is None:
        raise Http404("No such run.")
    return found


def _page(request: HttpRequest, project: Project, selected: Run | None, form: StartForm | None = None) -> HttpResponse:
    newest = runs_of(project).first()
    may_run = person(request).has_perm("training.run", project)
    if form is None and may_run:
        form = _fresh_form(project)
    shown = Paginator(runs_of(project), RUNS).get_page(request.GET.get("page"))
    champion = champion_record(project)
    context: dict[str, object] = {
        "project": project,
        "page": shown,
        "rows": list_rows(shown),
        "champion": champion.pipeline_id if champion else None,
        "next_run": words.next_run(project, newest),
        "strategy_failure": strategy_failure(project),
        "batch": words.newest_batch_words(project),
        "active": newest is not None and newest.state in Run.ACTIVE,
        "may_run": may_run,
        "form": form,
    }
    if selected:
        context |= detail(project, selected)
    return render(request, "training.html", context)


def _fresh_form(project: Project) -> StartForm:
    from frontend.pages.training.forms import StartForm

    return StartForm(project=project)


def list_rows(runs: Page[Run]) -> list[tuple[Run, str, str]]:
    """Each run of the list, why it started, and whether its time limit ended it."""
    done = epochs_done(runs)  # one query for them all
    rows = []
    for run in runs:
        cut = limits.cut_words(run, done.get(run.pk, EpochsDone()))
        rows.append((run, words.started_by(run), cut))
    return rows


class RunContext(TypedDict):
    """Everything the page says of one run. `epochs`: the newest first; `labels`: per finding, in words.

    `notes`: what is wrong with some labels.
    """

    run: Run
    is_active: bool
    why: str
    doing: str
    percent: float
    time: str
    limit: str
    epochs: list[Epoch]
    auroc: SafeString
    loss: SafeString
    splits: Mapping[str, int]
    labels: list[tuple[str, str]]
    notes: list[str]


def detail(project: Project, run: Run) -> RunContext:
    epochs = list(run.epochs.all())
    doing, percent = words.stage(run)
    return {
        "run": run,
        "is_active": run.state in Run.ACTIVE,
        "why": words.started_by(run),
        "doing": doing,
        "percent": percent,
        "time": words.time_words(run),
        "limit": limits.limit_words(run, epochs_done([run]).get(run.pk, EpochsDone())),
        "epochs": epochs[::-1],
        "auroc": curves.auroc_curve(run, epochs, champion_of(project)),
        "loss": curves.loss_curve(run, epochs),
        "splits": run.snapshot.counts["splits"],
        "labels": snapshot_labels(run.snapshot),
        "notes": words.snapshot_notes(run.snapshot),
    }


def snapshot_labels(snapshot: Snapshot) -> list[tuple[str, str]]:
    """The name of each finding with labels, and their counts in words."""
    counts = snapshot.counts["findings"]
    rows = []
    for finding in snapshot.findings:
        if finding["slug"] in counts:
            rows.append((finding["name"], words.label_count_words(finding, counts[finding["slug"]])))
    return rows
