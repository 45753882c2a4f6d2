"""What else can be done with a case: put it aside, send it on, ask for a second opinion, amend a stored read."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.alone import ALONE, is_alone
from frontend.pages.read import _back, _body, _turn, of_case
from frontend.people import person
from frontend.problems import problem
from labeling import services
from labeling.models import Assignment, Read
from labeling.values import AnswerInvalid
from overread.projects.models import Project
from overread.projects.queries import project_for


@require_POST
@of_case
def defer(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Put the case aside; answer with the next one."""
    try:
        until = services.Until(str(_body(request).get("until", "")))
        services.assignment_defer(assignment=assignment, reader=person(request), until=until)
    except (ValueError, AnswerInvalid):
        return problem(422, _("Not put aside."), _("Choose until when: for 1 hour, today or tomorrow."))
    except services.AssignmentGone as gone:
        return problem(409, _("Not your case."), str(gone))
    return _back(request, assignment) if is_alone(request) else _turn(request, project)


@require_POST
@of_case
def escalate(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Send the case on to a role; answer with the next one."""
    try:
        body = _body(request)
        services.assignment_escalate(
            assignment=assignment,
            reader=person(request),
            role=str(body.get("role", "")),
            reason=str(body.get("reason", "")),
        )
    except (services.NotSent, AnswerInvalid) as refusal:
        return problem(422, _("Not escalated."), str(refusal))
    except services.AssignmentGone as gone:
        return problem(409, _("Not your case."), str(gone))
    return _back(request, assignment) if is_alone(request) else _turn(request, project)


@require_POST
@of_case
def opinion(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Ask another reader to read the same image; the case in view stays as it is."""
    try:
        body = _body(request)
        services.opinion_ask(
            assignment=assignment,
            reader=person(request),
            role=str(body.get("role", "")),
            reason=str(body.get("reason", "")),
        )
    except (services.NotSent, AnswerInvalid) as refusal:
        return problem(422, _("Not asked."), str(refusal))
    except services.AssignmentGone as gone:
        return problem(409, _("Not your case."), str(gone))
    asked = _("A second opinion on %(case)s is asked for. Your own read stays yours.")
    return JsonResponse({"message": asked % {"case": assignment.image.code}}, status=201)


@login_required
@require_POST
def amend(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Open the case of a stored read again, by itself; or go back to the image with the reason why not."""
    project = project_for(person(request), slug, "labeling.read")
    reads = Read.objects.filter(project=project, reader=person(request))
    read = get_object_or_404(reads.select_related("assignment"), pk=pk)
    try:
        reason = request.POST.get("reason", "").replace("\0", "")  # a form can hold it, PostgreSQL cannot
        assignment = services.read_amend(read=read, reader=person(request), reason=reason)
    except (services.NoReason, services.AssignmentGone) as refusal:
        messages.warning(request, str(refusal))
        return redirect("image", slug, read.image_id)
    return redirect(reverse("read", args=[slug, assignment.pk]) + ALONE)
