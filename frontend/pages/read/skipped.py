"""Cases that a reader has skipped, and the button that takes one back."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.people import person
from labeling import services
from labeling.models import Assignment
from labeling.queries.assignments import assignment_given
from labeling.queries.skipped import skipped_by
from overread.accounts.models import User
from overread.projects.models import Project
from overread.projects.queries import project_for

SHOWN = 10  # newest


@dataclass(frozen=True)
class SkippedRow:
    """One skipped case. `outcome` is empty while it can be taken back."""

    assignment: Assignment
    outcome: str


def skipped_rows(project: Project, reader: User) -> list[SkippedRow]:
    rows = []
    for assignment in skipped_by(project=project, reader=reader).select_related("image")[:SHOWN]:
        outcome = ""
        if assignment.read_since:  # type: ignore[attr-defined]
            outcome = _("you have read it since")
        elif assignment.is_taken:  # type: ignore[attr-defined]
            outcome = _("a colleague has it")
        rows.append(SkippedRow(assignment, outcome))
    return rows


@login_required
@require_POST
def unskip(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Take a skipped case back and open it; or go back to the worklist and say why not."""
    reader = person(request)
    project = project_for(reader, slug, "labeling.read")
    assignment = assignment_given(project=project, reader=reader, pk=pk)
    if assignment is None:
        raise Http404("No such case.")
    try:
        services.assignment_unskip(assignment=assignment, reader=reader)
    except services.AssignmentGone as gone:
        messages.warning(request, str(gone))
        return redirect("worklist", slug)
    return redirect("read", slug, pk)
