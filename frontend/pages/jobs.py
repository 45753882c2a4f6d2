"""Jobs for the operator: which wait, which run, which died and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from overread.accounts.models import User
from overread.jobs.models import Job, State
from overread.jobs.queries import jobs_newest, jobs_summary, workers_alive
from overread.jobs.registry import KINDS, QUEUES
from overread.jobs.services import job_cancel, job_retry
from overread.projects.queries import project_names

JOBS = 50  # a page
DEAD = 20  # newest dead jobs, above the list
View = Callable[..., HttpResponse]


def operator_only(view: View) -> View:
    """For the operators of this deployment. Raises PermissionDenied for anybody else."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        if not (isinstance(request.user, User) and request.user.is_staff):
            raise PermissionDenied(_("This page is for the operators of this deployment."))
        return view(request, *args, **options)

    return login_required(guarded)


@operator_only
@never_cache
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    kind = request.GET.get("kind", "")
    shown = Paginator(jobs_newest(state=state, kind=kind), JOBS).get_page(request.GET.get("page"))
    context = {
        "page": shown,
        "rows": with_projects(list(shown)),
        "queues": queues(),
        "workers": workers_alive(),
        "states": State.choices,
        "kinds": sorted(KINDS),
        "state": state,
        "kind": kind,
    }
    if state or kind:
        context["query"] = urlencode({"state": state, "kind": kind})
    else:
        context["dead"] = with_projects(list(jobs_newest(state=State.DEAD)[:DEAD]))
    return render(request, "jobs.html", context)


@operator_only
@never_cache
@require_GET
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One job. While it waits or runs the page keeps fetching the part that changes."""
    job = get_object_or_404(jobs_newest(), pk=pk)
    ((_job, project),) = with_projects([job])
    context = {"job": job, "active": is_active(job), "project_name": project}
    if not request.headers.get("HX-Request"):
        return render(request, "job.html", context)
    response = render(request, "jobs/detail.html", context)
    if not is_active(job):
        # The buttons above that part change too.
        response["HX-Refresh"] = "true"
    return response


@operator_only
@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    if job_retry(job=get_object_or_404(Job, pk=pk), actor=operator(request)):
        messages.success(request, _("The job waits again, with all its attempts."))
    else:
        messages.warning(request, _("Only a dead or cancelled job can be tried again."))
    return redirect("job", pk)


@operator_only
@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    if job_cancel(job=get_object_or_404(Job, pk=pk), actor=operator(request)):
        messages.success(request, _("The job is cancelled. A worker that runs it writes nothing more."))
    else:
        messages.warning(request, _("The job was over already."))
    return redirect("job", pk)


def operator(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def is_active(job: Job) -> bool:
    return job.state in (State.QUEUED, State.RUNNING)


def queues() -> list[tuple[str, list[int], datetime | None]]:
    """Each queue, its jobs by state in the order of State, and since when the oldest of them has waited."""
    counts: dict[tuple[str, str], int] = {}
    oldest: dict[str, datetime] = {}
    for row in jobs_summary():
        counts[row["queue"], row["state"]] = row["count"]
        if row["state"] == State.QUEUED:
            oldest[row["queue"]] = row["oldest"]
    rows: list[tuple[str, list[int], datetime | None]] = []
    for queue in QUEUES:
        by_state = [counts.get((queue, state), 0) for state in State.values]
        rows.append((queue, by_state, oldest.get(queue)))
    return rows


def with_projects(jobs: list[Job]) -> list[tuple[Job, str]]:
    """Each job with the name of its project; "" for a job without a project."""
    names = project_names({job.project_id for job in jobs if job.project_id})
    rows = []
    for job in jobs:
        name = names.get(job.project_id, "") if job.project_id else ""
        rows.append((job, name))
    return rows
