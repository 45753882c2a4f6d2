"""What the buttons of the reading page do. Most answer with a turn: the case to read now, and those after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.pages.proposals import KINDS
from frontend.pages.read.body import Body, body_of, prediction_named, text_in
from frontend.pages.read.contract import Confirmation
from frontend.pages.read.guard import command, of_reader
from frontend.pages.read.standalone import case_url
from frontend.pages.read.turn import answer, next_turn, turn_after_leaving, turn_after_read
from frontend.people import person
from frontend.problems import problem
from labeling import services
from labeling.models import Assignment
from labeling.queries.assignments import assignments_of
from labeling.queries.reads import read_of
from labeling.services.proposals import proposal_make
from labeling.submission import Submission, submission_read
from labeling.values import AnswerInvalid
from overread.projects.models import Project
from overread.projects.queries import project_for

MOST_RELEASED = 50  # cases in one request; a page holds three
ON_SCREEN = {"version", "known", "seen"}  # members of the page's body that are no part of a read


class ProposeForm(forms.Form):
    """The dialog for a finding that is not listed."""

    name = forms.CharField(max_length=80)
    note = forms.CharField(max_length=1000, required=False)
    kind = forms.ChoiceField(choices=KINDS, required=False)


@command
def submit(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Store a read; answer with the next case, or with the same one revealed after a blind first read."""
    try:
        given = submission_in(body_of(request))
        read = services.read_submit(assignment=assignment, reader=person(request), answers=given.answers, key=given.key)
    except AnswerInvalid as wrong:
        title = _("Not stored yet: something is missing or does not fit.")
        return problem(422, title, " ".join(wrong.errors.values()), errors=wrong.errors)
    return answer(turn_after_read(request, project, read))


def submission_in(body: Body) -> Submission:
    """The submission in the page's body, without the members about the screen. Raises AnswerInvalid."""
    submitted = {name: value for name, value in body.items() if name not in ON_SCREEN}
    return submission_read(submitted, seen=prediction_named(body.get("seen")))


@command
def skip(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Refuse the case; answer with the next one, and say so if an earlier read of it still stands."""
    try:
        reason = text_in(body_of(request), "reason")
        stands = services.assignment_skip(assignment=assignment, reader=person(request), reason=reason)
    except (ValueError, AnswerInvalid) as wrong:
        return problem(422, _("Not skipped."), str(wrong))
    told = _("Skipped. Your stored read of %(case)s stands.") % {"case": assignment.image.code}
    return answer(turn_after_leaving(request, project, assignment, told if stands else ""))


@command
def defer(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Put the case aside; answer with the next one."""
    try:
        until = services.Until(text_in(body_of(request), "until"))
        services.assignment_defer(assignment=assignment, reader=person(request), until=until)
    except (ValueError, AnswerInvalid):
        return problem(422, _("Not put aside."), _("Choose until when: for 1 hour, today or tomorrow."))
    return answer(turn_after_leaving(request, project, assignment))


@command
def escalate(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Send the case on to a role; answer with the next one."""
    try:
        body = body_of(request)
        services.assignment_escalate(
            assignment=assignment,
            reader=person(request),
            role=text_in(body, "role"),
            reason=text_in(body, "reason"),
        )
    except (services.NotSent, AnswerInvalid) as refusal:
        return problem(422, _("Not escalated."), str(refusal))
    return answer(turn_after_leaving(request, project, assignment))


@command
def opinion(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Ask another reader to read the same image; the case in view stays as it is."""
    try:
        body = body_of(request)
        services.opinion_ask(
            assignment=assignment,
            reader=person(request),
            role=text_in(body, "role"),
            reason=text_in(body, "reason"),
        )
    except (services.NotSent, AnswerInvalid) as refusal:
        return problem(422, _("Not asked."), str(refusal))
    asked = _("A second opinion on %(case)s is requested. Your own read stays yours.")
    confirmation: Confirmation = {"message": asked % {"case": assignment.image.code}}
    return JsonResponse(confirmation, status=201)


@command
def propose(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Store a proposal for a finding. It stays whether or not the case is submitted."""
    try:
        form = ProposeForm(body_of(request))
    except AnswerInvalid as unreadable:
        return _not_proposed(unreadable.errors)
    if not form.is_valid():
        return _not_proposed(_joined(form.errors))
    try:
        made = proposal_make(project=project, image=assignment.image, reader=person(request), **form.cleaned_data)
    except ValidationError as wrong:
        return _not_proposed(_joined(wrong.message_dict))
    return JsonResponse({"proposal": str(made.pk), "name": made.name}, status=201)


def _joined(errors: Mapping[str, Iterable[object]]) -> dict[str, str]:
    """Field → its messages as one text."""
    return {name: " ".join(map(str, messages)) for name, messages in errors.items()}


def _not_proposed(errors: dict[str, str]) -> HttpResponse:
    return problem(422, _("Not proposed."), " ".join(errors.values()), errors=errors)


@command
def heartbeat(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Extend the leases of the case in front and of those prepared after it."""
    services.assignment_extend(assignment=assignment, reader=person(request))
    services.assignments_extend(project=project, reader=person(request))
    return HttpResponse(status=204)


@of_reader
def release(request: HttpRequest, project: Project) -> HttpResponse:
    """Give back the cases that the page names: those prepared ahead, and the one in front if it was not begun."""
    try:
        named = cases_named(body_of(request))
    except (AnswerInvalid, ValueError):
        return problem(422, _("Nothing given back."), _("Name the cases to be given back."))
    for assignment in assignments_of(project=project, reader=person(request), pks=named[:MOST_RELEASED]):
        # Another tab may have read it meanwhile, or its lease has lapsed: then there is nothing to give back.
        with suppress(services.AssignmentGone):
            services.assignment_release(assignment=assignment, reader=person(request))
    return HttpResponse(status=204)


def cases_named(body: Body) -> list[UUID]:
    """The keys of the cases in the body. Raises ValueError if there is no list of them."""
    named = body.get("assignments")
    if not isinstance(named, list):
        raise ValueError("no list of cases")
    return [UUID(str(pk)) for pk in named]


@of_reader
def undo(request: HttpRequest, project: Project, pk: UUID) -> HttpResponse:
    """Reopen the case of the read just stored."""
    read = read_of(project=project, reader=person(request), pk=pk)
    if read is None:
        raise Http404("No such read.")
    try:
        reopened = services.read_undo(read=read, reader=person(request))
    except services.AssignmentGone as gone:
        return problem(409, _("Not undone."), str(gone))
    return answer(next_turn(request, project, reopened))


@login_required
@require_POST
def amend(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Open the case of a stored read again, outside the queue; or go back to its image and say why not."""
    project = project_for(person(request), slug, "labeling.read")
    read = read_of(project=project, reader=person(request), pk=pk)
    if read is None:
        raise Http404("No such read.")
    try:
        reason = request.POST.get("reason", "").replace("\0", "")  # a form can send NUL, PostgreSQL cannot store it
        assignment = services.read_amend(read=read, reader=person(request), reason=reason)
    except (services.NoReason, services.AssignmentGone) as refusal:
        messages.warning(request, str(refusal))
        return redirect("image", slug, read.image_id)
    return redirect(case_url(assignment, standalone=True))
