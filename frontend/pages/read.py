"""The reading page: one case after the other. Every answer of it is a turn: what is to be read now and after that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from frontend import cases, turns
from frontend.alone import ALONE, is_alone, leaving
from frontend.people import person
from frontend.problems import problem
from frontend.sent import roles_offered, roles_to_escalate
from inference.queries import attention_map, champion_of, prediction_in_view
from labeling import services
from labeling.models import Assignment, Holding, Read
from labeling.values import AnswerInvalid
from overread.api.bodies import BodyUnreadable, json_read
from overread.audit.views import view_note
from overread.projects.models import Project
from overread.projects.queries import project_for

View = Callable[..., HttpResponse]
MOST_RELEASED = 50


def of_case(view: View) -> View:
    """For a signed-in member who reads: the project, and an assignment that was given to them at some time."""

    @wraps(view)
    def guarded(request: HttpRequest, slug: str, pk: UUID, **rest: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return problem(401, _("You are signed out."), _("Sign in again. Your answers are kept on this computer."))
        try:
            project = project_for(person(request), slug, "labeling.read")
        except PermissionDenied as refusal:
            return problem(403, _("Not allowed."), str(refusal))
        assignment = Assignment.objects.select_related("project", "image__study__patient", "image__rendering", "reader")
        found = assignment.filter(project=project, pk=pk).first()
        if found is None or not Holding.objects.filter(assignment=found, reader=person(request)).exists():
            raise Http404("No such case.")
        return view(request, project, found, **rest)

    return guarded


@login_required
@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the case that the worklist named, or else the next one, and open it."""
    project = project_for(person(request), slug, "labeling.read")
    try:
        assignment = _named(request, project) or services.assignment_claim(project=project, reader=person(request))
    except services.AssignmentGone as gone:
        messages.warning(request, str(gone))
        return redirect("worklist", slug)
    return redirect("read", slug, assignment.pk) if assignment else redirect("worklist", slug)


def _named(request: HttpRequest, project: Project) -> Assignment | None:
    """The case that the worklist's button named, held now; None where it named none. Raises AssignmentGone."""
    if "case" not in request.POST:
        return None
    try:
        pk = UUID(request.POST["case"])
    except ValueError as error:
        raise Http404("No such case.") from error
    named = get_object_or_404(
        Assignment.objects.select_related("project", "image__study__patient"), project=project, pk=pk
    )
    return services.assignment_take(assignment=named, reader=person(request))


@login_required
@never_cache
@require_GET
def page(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    return _page(request, slug=slug, pk=pk)


@of_case
def _page(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    reader = person(request)
    if assignment.state not in Assignment.HELD or assignment.reader_id != reader.pk:
        return redirect("worklist", project.slug)
    services.assignment_extend(assignment=assignment, reader=reader)
    alone = is_alone(request)
    first, *after = turns.hand(reader, project, assignment, ahead=0 if alone else turns.AHEAD)
    position, pipeline = cases.position_of(first, reader), champion_of(project)
    context: dict[str, Any] = {
        "sign_in_url": f"{reverse('sign-in')}?next={reverse('read', args=[project.slug, first.pk])}"
    }
    context |= turns.case_context(first, position, reader, pipeline, alone=alone)
    context |= {
        "upcoming": turns.Table(reader, pipeline).upcoming(after, position.after(1), blind=turns.is_blind(first)),
        "skip_reasons": cases.SKIP_REASONS,
        "roles": roles_offered(project, reader),
        "roles_above": roles_to_escalate(project, reader),
        "untils": services.Until.choices,
        "snippets": project.snippets,
    }
    return render(request, "read.html", context)


def _turn(
    request: HttpRequest,
    project: Project,
    shown: Assignment | None = None,
    *,
    saved: dict[str, Any] | None = None,
    last: dict[str, Any] | None = None,
    told: str = "",
) -> JsonResponse:
    """The case to be read now, or the next one, and those after it; or the end of the queue. `told`: what is said there."""
    reader, alone = person(request), is_alone(request)
    in_order = turns.hand(reader, project, shown, ahead=0 if alone else turns.AHEAD)
    body: dict[str, Any] = {"upcoming": [], "finished": None, "url": reverse("worklist", args=[project.slug])}
    body["last"] = render_to_string("read/undo.html", {"last": last}) if last else ""
    if in_order:
        table = turns.Table(reader, champion_of(project), _known(request), alone=alone)
        body["upcoming"] = table.upcoming(in_order, cases.position_of(in_order[0], reader))
    else:
        body["finished"] = turns.finished(project, reader)
    body |= ({"saved": saved} if saved else {}) | ({"told": told} if told else {})
    return JsonResponse(body, status=201 if saved else 200)


def _back(request: HttpRequest, assignment: Assignment, saved: dict[str, Any] | None = None) -> JsonResponse:
    """The end of a case that was opened by itself."""
    body = leaving(request, assignment, saved)
    return JsonResponse(body | ({"saved": saved} if saved else {}), status=201 if saved else 200)


def _known(request: HttpRequest) -> list[str]:
    """The tokens of the cases that the page holds prepared."""
    try:
        known = _body(request).get("known", [])
    except AnswerInvalid:
        return []
    return [token for token in known if isinstance(token, str)] if isinstance(known, list) else []


def _body(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the request, read as strictly as REST's. Raises AnswerInvalid when it is none."""
    try:
        body = json_read(request.body)
    except BodyUnreadable as error:
        raise AnswerInvalid({"body": _("The request cannot be read: %(why)s") % {"why": error}}) from error
    if not isinstance(body, dict):
        raise AnswerInvalid({"body": _("The request holds no JSON object.")})
    return body


@require_POST
@of_case
def submit(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Store a read; answer with the next case, or with the same one revealed after a blind first read."""
    try:
        body = _body(request)
        answers, key = answers_of(body), key_of(body)
        read = services.read_submit(assignment=assignment, reader=person(request), answers=answers, key=key)
    except AnswerInvalid as wrong:
        title = _("Not stored yet: something is missing or does not fit.")
        return problem(422, title, " ".join(wrong.errors.values()), errors=wrong.errors)
    except services.AssignmentGone as gone:
        return problem(409, _("Not your case."), str(gone))
    saved, last = saved_context(read, assignment, ALONE if is_alone(request) else "")
    assignment.refresh_from_db()
    revealed = assignment.state == Assignment.State.REVEALED and assignment.reader_id == read.reader_id
    if is_alone(request) and not revealed:
        return _back(request, assignment, saved)
    return _turn(request, project, assignment if revealed else None, saved=saved, last=None if revealed else last)


def saved_context(read: Read, assignment: Assignment, query: str = "") -> tuple[dict[str, Any], dict[str, Any]]:
    """What the page is told of the read just stored, and what it offers to undo."""
    undo = None if read.extra else reverse("read-undo", args=[assignment.project.slug, read.pk]) + query
    message = _("Kept as an extra read: the case had gone to another reader.") if read.extra else _("Read stored.")
    saved = {"read": str(read.pk), "extra": read.extra, "message": message, "undo_url": undo, "undo_seconds": 30}
    opinion = cases.urls(assignment)["opinion"]
    return saved, {"case": assignment.image.code, "seconds": 0, "undo_url": undo, "opinion_url": opinion}


def key_of(body: dict[str, Any]) -> UUID:
    try:
        return UUID(str(body["key"]))
    except (KeyError, ValueError) as error:
        raise AnswerInvalid({"key": "The request needs a key: a UUID made by the page."}) from error


def answers_of(body: dict[str, Any]) -> services.Answers:
    """The answers in a request. Raises AnswerInvalid naming what does not fit."""
    try:
        given = {
            str(slug): answer if isinstance(answer, dict) else {"value": answer}
            for slug, answer in body["answers"].items()
        }
        regions = tuple(
            services.RegionDrawn(
                str(r["finding"]),
                r["kind"],
                tuple((float(x), float(y)) for x, y in r["points"]),
                int(r.get("frame", 0)),
            )
            for r in body.get("regions", [])
        )
        measurements = tuple(
            services.Measured(
                m["kind"], tuple((float(x), float(y)) for x, y in m["points"]), int(m["frame"]), str(m["result"])
            )
            for m in body.get("measurements", [])
        )
        return services.Answers(
            values={slug: str(answer["value"]) for slug, answer in given.items()},
            bulk=frozenset(slug for slug, answer in given.items() if answer.get("bulk")),
            kept=frozenset(slug for slug, answer in given.items() if answer.get("kept")),
            regions=regions,
            measurements=measurements,
            comment=str(body.get("comment", "")),
            confidence=body.get("confidence", ""),
            active_ms=int(body.get("active_ms", 0)),
            level=body.get("level", "") if body.get("level") in ("half", "full") else "",
            seen=_prediction_named(body.get("seen")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise AnswerInvalid({"body": _("The answers are not in the form this page sends.")}) from error


@require_POST
@of_case
def skip(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Refuse the case; answer with the next one, and where an answer stands all the same, with that."""
    try:
        reason = str(_body(request).get("reason", ""))
        stands = services.assignment_skip(assignment=assignment, reader=person(request), reason=reason)
    except (ValueError, AnswerInvalid) as wrong:
        return problem(422, _("Not skipped."), str(wrong))
    except services.AssignmentGone as gone:
        return problem(409, _("Not your case."), str(gone))
    told = _("Skipped. Your stored read of %(case)s stands.") % {"case": assignment.image.code}
    return _left(request, project, assignment, told if stands else "")


def _left(request: HttpRequest, project: Project, assignment: Assignment, told: str) -> JsonResponse:
    """What comes after a case that is left; what is `told` of it is said there."""
    if is_alone(request):
        if told:
            messages.info(request, told)
        return _back(request, assignment)
    return _turn(request, project, told=told)


@require_POST
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """Give back the cases that the page names: those prepared ahead, and the one in front if nobody has begun it."""
    if not request.user.is_authenticated:
        return problem(401, _("You are signed out."), _("Sign in again."))
    project = project_for(person(request), slug, "labeling.read")
    try:
        named = [UUID(str(pk)) for pk in _body(request)["assignments"]]
    except (AnswerInvalid, KeyError, TypeError, ValueError):
        return problem(422, _("Nothing given back."), _("Name the cases to be given back."))
    for assignment in Assignment.objects.filter(project=project, reader=person(request), pk__in=named[:MOST_RELEASED]):
        with suppress(services.AssignmentGone):  # read meanwhile, or lapsed
            services.assignment_release(assignment=assignment, reader=person(request))
    return HttpResponse(status=204)


@require_POST
@of_case
def heartbeat(request: HttpRequest, project: Project, assignment: Assignment) -> HttpResponse:
    """Keep the case in front, and those prepared after it, for this reader."""
    try:
        services.assignment_extend(assignment=assignment, reader=person(request))
        services.assignments_extend(project=project, reader=person(request))
    except services.AssignmentGone as gone:
        return problem(409, _("Not your case."), str(gone))
    return HttpResponse(status=204)


@require_POST
def undo(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Reopen the case of the read just stored."""
    if not request.user.is_authenticated:
        return problem(401, _("You are signed out."), _("Sign in again."))
    project = project_for(person(request), slug, "labeling.read")
    read = Read.objects.filter(project=project, reader=person(request), pk=pk).select_related("assignment").first()
    if read is None:
        raise Http404("No such read.")
    try:
        reopened = services.read_undo(read=read, reader=person(request))
    except services.AssignmentGone as gone:
        return problem(409, _("Not undone."), str(gone))
    return _turn(request, project, reopened)


def _prediction_named(key: Any) -> UUID | None:
    """The prediction that a page says is on screen; another may have been made since it was opened."""
    try:
        return UUID(str(key))
    except ValueError:
        return None


@never_cache
@require_GET
@of_case
def attention(request: HttpRequest, project: Project, assignment: Assignment, finding: str) -> HttpResponse:
    """The attention map of one finding, 8 bits a cell: only of a prediction this reader has been shown, and never during
    a blind read.
    """
    if turns.is_blind(assignment):
        raise Http404("No attention map.")
    named = _prediction_named(request.GET.get("prediction"))
    shown = prediction_in_view(user=person(request), image=assignment.image, project=project, named=named)
    output = shown.outputs.get(finding) if shown else None
    if shown is None or output is None:
        raise Http404("No attention map.")
    view_note(user=person(request), image=assignment.image_id, what="map", project=project.pk)
    cells = attention_map(shown, output["column"])
    response = HttpResponse(cells.tobytes(), content_type="application/octet-stream")
    response["X-Map-Rows"], response["X-Map-Columns"] = (str(side) for side in cells.shape)
    response["X-Map-Box"] = " ".join(f"{edge:g}" for edge in shown.map_box)
    return response
