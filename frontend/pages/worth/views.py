"""The page itself: the newest report, and the strategy in force with the way back to it."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from frontend.pages.settings.in_force import in_force
from frontend.pages.worth.report import report_view
from frontend.people import person
from labeling.jobs import worth_jobs
from labeling.models import WorthReport
from labeling.queries.labels import labelled_count
from labeling.queries.selections import strategy_failure, worth_newest
from labeling.services.worth import EVERY, NothingToRestore, comparable, put_aside, strategy_restore, worth_ask
from overread.jobs.models import Job, State
from overread.projects.models import Project
from overread.projects.queries import project_for


class ReportStatus(TypedDict, total=False):
    """The state of the next report: being made; its job died; or a job looked (when) and found no new labels."""

    making: bool
    died: Job | None
    looked: datetime | None


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The newest report. A POST requests another."""
    project = project_for(person(request), slug, "labeling.select")
    if request.method == "POST":
        worth_ask(project=project, actor=person(request))
        messages.success(request, _("The report is requested."))
        return redirect("project-worth", slug)
    report = worth_newest(project)
    context: dict[str, object] = {
        "project": project,
        "report": report,
        "put_aside": put_aside(project),
        "strategy_failure": strategy_failure(project),
        "comparable": comparable(project),
        "labels": labelled_count(project),
        "every": EVERY,
        "policies": in_force(project),
        "may_change": person(request).has_perm("projects.administer", project),
    }
    context |= report_status(project, report)
    if report:
        context |= report_view(report)
    return render(request, "worth.html", context)


def report_status(project: Project, report: WorthReport | None) -> ReportStatus:
    jobs = worth_jobs(project.pk)
    if jobs.filter(state__in=[State.QUEUED, State.RUNNING]).exists():
        return {"making": True}
    last = jobs.first()
    if last is None:
        return {}
    if last.state == State.DEAD:
        return {"died": last}
    # A job that ended without a report of its own found no new labels.
    if report and last.state == State.DONE and last.created_at > report.created_at:
        return {"looked": last.finished_at}
    return {}


@login_required
@require_POST
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the strategy that a report had put aside back in force."""
    project = project_for(person(request), slug, "labeling.select")
    try:
        strategy = strategy_restore(project=project, actor=person(request)).strategy
    except NothingToRestore as nothing:
        messages.warning(request, str(nothing))
    except ValidationError as refused:  # the server's settings no longer allow this strategy
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("%(strategy)s is in force again.") % {"strategy": strategy})
    return redirect("project-worth", slug)
