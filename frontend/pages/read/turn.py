"""The answer to a button of the reading page: the case to read now and those after it, or the end of the queue."""

from __future__ import annotations

from typing import TypedDict

from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from frontend.pages.read.body import known_in
from frontend.pages.read.case import opinion_url
from frontend.pages.read.contract import Saved, Turn
from frontend.pages.read.position import position_of
from frontend.pages.read.prefetch import AHEAD, CasePrefetch, hand_out
from frontend.pages.read.standalone import STANDALONE, image_url, is_standalone
from frontend.people import person
from inference.queries import champion_of
from labeling.models import Assignment, Read
from labeling.queries.today import reads_today
from overread.accounts.models import User
from overread.projects.models import Project

UNDO_SECONDS = 30  # the offer stands beside the next case; afterwards the read can be amended


class LastRead(TypedDict):
    """The read just stored, as undo.html offers to undo it or to ask for a second opinion."""

    case: str
    seconds: int
    undo_url: str | None
    opinion_url: str | None


def next_turn(request: HttpRequest, project: Project, shown: Assignment | None = None, *, told: str = "") -> Turn:
    """The case to read now, `shown` or else the next one, and those after it; or the end of the queue.

    `told` is a message about the case that was left.
    """
    reader = person(request)
    standalone = is_standalone(request)
    in_order = hand_out(reader=reader, project=project, shown=shown, ahead=0 if standalone else AHEAD)
    turn: Turn = {"upcoming": [], "finished": None, "url": reverse("worklist", args=[project.slug]), "last": ""}
    if in_order:
        prefetch = CasePrefetch(reader, champion_of(project), known_in(request), standalone)
        turn["upcoming"] = prefetch.upcoming(in_order, position_of(in_order[0], reader))
    else:
        turn["finished"] = finished(project, reader)
    if told:
        turn["told"] = told
    return turn


def turn_after_read(request: HttpRequest, project: Project, read: Read) -> Turn:
    """After a stored read: the same case revealed if the read was blind, else the next case and the offer to undo."""
    assignment = read.assignment  # as the service has left it
    saved = saved_data(read, assignment, standalone=is_standalone(request))
    last = last_read(assignment, saved)
    # A lapsed case may be another reader's by now, whose reveal is none of this reader's business.
    revealed = assignment.state == Assignment.State.REVEALED and assignment.reader_id == read.reader_id
    if revealed:
        return {**next_turn(request, project, assignment), "saved": saved}
    if is_standalone(request):
        return leave_turn(request, assignment, saved)
    undo = render_to_string("read/undo.html", {"last": last})
    return {**next_turn(request, project), "saved": saved, "last": undo}


def turn_after_leaving(request: HttpRequest, project: Project, assignment: Assignment, told: str = "") -> Turn:
    """After a case that was left unread: the next one. `told` is a message about the case that was left."""
    if not is_standalone(request):
        return next_turn(request, project, told=told)
    if told:
        messages.info(request, told)
    return leave_turn(request, assignment)


def leave_turn(request: HttpRequest, assignment: Assignment, saved: Saved | None = None) -> Turn:
    """The way back to the image of a case outside the queue. The page of the image says that the read is stored."""
    back = image_url(assignment)
    finished = render_to_string("read/leaving.html", {"url": back})
    turn: Turn = {"upcoming": [], "last": "", "finished": finished, "url": back, "leave": back}
    if saved:
        turn["saved"] = saved
        message = saved["message"] if saved["extra"] else _("Your read is stored.")
        messages.success(request, message)
    return turn


def answer(turn: Turn) -> JsonResponse:
    return JsonResponse(turn, status=201 if "saved" in turn else 200)


def saved_data(read: Read, assignment: Assignment, *, standalone: bool) -> Saved:
    """The read just stored, for the script."""
    saved: Saved = {
        "read": str(read.pk),
        "extra": read.extra,
        "message": _("Kept as an extra read: the case had gone to another reader."),
        "undo_url": None,  # another reader has the case: it cannot be reopened for this one
        "undo_seconds": UNDO_SECONDS,
    }
    if not read.extra:
        undo_url = reverse("read-undo", args=[assignment.project.slug, read.pk])
        saved["undo_url"] = undo_url + STANDALONE if standalone else undo_url
        saved["message"] = _("Read stored.")
    return saved


def last_read(assignment: Assignment, saved: Saved) -> LastRead:
    return {
        "case": assignment.image.code,
        "seconds": 0,
        "undo_url": saved["undo_url"],
        "opinion_url": opinion_url(assignment),
    }


def finished(project: Project, reader: User) -> str:
    """Stands in place of a case at the end of the queue: the reader's cases of today, and their time."""
    today = reads_today(project=project, reader=reader)
    minutes, seconds = divmod(round((today.seconds or 0) * today.cases), 60)
    time_text = _("%(minutes)d min %(seconds)02d s") % {"minutes": minutes, "seconds": seconds}
    context = {
        "finished": {"cases": today.cases, "time_text": time_text},
        "worklist_url": reverse("worklist", args=[project.slug]),
    }
    return render_to_string("read/finished.html", context)
