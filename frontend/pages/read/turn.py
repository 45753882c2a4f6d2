"""What a button of the reading page is answered with: the case to be read now and those after it, or the end of them."""

from __future__ import annotations

from typing import TypedDict

from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.pages.read.body import known_in
from frontend.pages.read.case import case_urls
from frontend.pages.read.contract import Saved, Turn
from frontend.pages.read.position import position_of
from frontend.pages.read.prefetch import AHEAD, CasePrefetch, hand_out
from frontend.pages.read.standalone import ALONE, image_url, is_alone
from frontend.people import person
from inference.queries import champion_of
from labeling.models import Assignment, Read
from labeling.queries.today import reads_today
from overread.accounts.models import User
from overread.projects.models import Project

UNDO_SECONDS = 30


class LastRead(TypedDict):
    """What undo.html says of the read just stored, and offers to do about it."""

    case: str
    seconds: int
    undo_url: str | None
    opinion_url: str | None


def next_turn(request: HttpRequest, project: Project, shown: Assignment | None = None, *, told: str = "") -> Turn:
    """The case to be read now, if not `shown` the next one, and those after it; or the end of the queue.

    `told`: what is said there of the case that was left.
    """
    reader, alone = person(request), is_alone(request)
    in_order = hand_out(reader=reader, project=project, shown=shown, ahead=0 if alone else AHEAD)
    turn: Turn = {"upcoming": [], "finished": None, "url": reverse("worklist", args=[project.slug]), "last": ""}
    if in_order:
        prefetch = CasePrefetch(reader, champion_of(project), known_in(request), alone)
        turn["upcoming"] = prefetch.upcoming(in_order, position_of(in_order[0], reader))
    else:
        turn["finished"] = finished(project, reader)
    if told:
        turn["told"] = told
    return turn


def turn_after_read(request: HttpRequest, project: Project, assignment: Assignment, read: Read) -> Turn:
    """What follows a read just stored: the same case revealed after a blind one, or the next, with the offer to undo."""
    saved = saved_data(read, assignment, alone=is_alone(request))
    last = last_read(assignment, saved)
    assignment.refresh_from_db()
    revealed = assignment.state == Assignment.State.REVEALED and assignment.reader_id == read.reader_id
    if revealed:
        return {**next_turn(request, project, assignment), "saved": saved}
    if is_alone(request):
        return leave_turn(request, assignment, saved)
    undo = render_to_string("read/undo.html", {"last": last})
    return {**next_turn(request, project), "saved": saved, "last": undo}


def turn_after_leaving(request: HttpRequest, project: Project, assignment: Assignment, told: str = "") -> Turn:
    """What comes after a case that is left unread; what is `told` of it is said there."""
    if not is_alone(request):
        return next_turn(request, project, told=told)
    if told:
        messages.info(request, told)
    return leave_turn(request, assignment)


def leave_turn(request: HttpRequest, assignment: Assignment, saved: Saved | None = None) -> Turn:
    """The end of a case that was opened by itself; the page of its image then says that the read is stored."""
    back = image_url(assignment)
    finished = render_to_string("read/leaving.html", {"url": back})
    turn: Turn = {"upcoming": [], "last": "", "finished": finished, "url": back, "leave": back}
    if saved:
        messages.success(request, saved["message"] if saved["extra"] else _("Your read is stored."))
        turn["saved"] = saved
    return turn


def answer(turn: Turn) -> JsonResponse:
    return JsonResponse(turn, status=201 if "saved" in turn else 200)


def saved_data(read: Read, assignment: Assignment, *, alone: bool) -> Saved:
    """What the page is told of the read just stored."""
    undo_url = reverse("read-undo", args=[assignment.project.slug, read.pk]) + (ALONE if alone else "")
    extra = _("Kept as an extra read: the case had gone to another reader.")
    return {
        "read": str(read.pk),
        "extra": read.extra,
        "message": extra if read.extra else _("Read stored."),
        "undo_url": None if read.extra else undo_url,
        "undo_seconds": UNDO_SECONDS,
    }


def last_read(assignment: Assignment, saved: Saved) -> LastRead:
    return {
        "case": assignment.image.code,
        "seconds": 0,
        "undo_url": saved["undo_url"],
        "opinion_url": case_urls(assignment)["opinion"],
    }


def finished(project: Project, reader: User) -> str:
    """Rendered in place of a case when the queue is at its end."""
    today = reads_today(project=project, reader=reader)
    seconds = round((today.seconds or 0) * today.cases)
    context = {
        "finished": {
            "cases": today.cases,
            "time_text": _("%(minutes)d min %(seconds)02d s") % {"minutes": seconds // 60, "seconds": seconds % 60},
        },
        "worklist_url": reverse("worklist", args=[project.slug]),
    }
    return render_to_string("read/finished.html", context)
