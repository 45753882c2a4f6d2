"""The cases that wait for this reader, and why. The reason for a blind case is hidden until its first read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from frontend.image_words import PatientHeader, patient_context
from frontend.pages.read.referrals import sent_rows, sent_words, until_words
from frontend.pages.read.skipped import skipped_rows
from frontend.people import person
from inference.queries import champion_record
from labeling.models import Assignment, Purpose, Read
from labeling.queries.reads import reads_standing
from labeling.queries.selections import typical_minutes
from labeling.queries.today import read_today, reads_today
from labeling.queries.visibility import reason_allowed
from labeling.queries.worklist import worklist
from labeling.selection.reasons import UNSURE_ON
from labeling.services.disclosure import reason_disclose, suspicion_disclose
from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.queries import images_in
from overread.projects.models import Project
from overread.projects.queries import project_for

SHOWN = 10  # cases at first
MOST = 500  # cases after "show all"
RECENT = 5  # reads


@dataclass(frozen=True)
class WorklistRow:
    """One line of the list. `reason` and `urgent` are empty while they must stay hidden."""

    assignment: Assignment
    patient: PatientHeader
    reason: str
    urgent: str
    sent: str
    waiting: str


def filters(project: Project, reader: User) -> dict[str, tuple[Any, Q]]:
    """Key → label and condition. Filters on a prediction list only cases whose prediction this reader may know."""
    told = reason_allowed(project=project, reader=reader)
    return {
        "all": (_("All"), Q()),
        "urgent": (_("Suspected urgent"), ~Q(suspected="") & told),
        "unsure": (_("Model unsure"), Q(reason__startswith=UNSURE_ON) & told),
        "adjudicate": (_("Adjudicate"), Q(purpose=Purpose.ADJUDICATE)),
        "sent": (_("Sent to you"), ~Q(sent_as="")),
        "deferred": (_("Deferred by you"), Q(state=Assignment.State.DEFERRED)),
        "held": (_("Held by you"), Q(state__in=Assignment.HELD)),
    }


@login_required
def page(request: HttpRequest, slug: str) -> HttpResponse:
    reader = person(request)
    project = project_for(reader, slug, "labeling.read")
    waiting = worklist(project=project, reader=reader)
    tabs = filters(project, reader)
    chosen = request.GET.get("show", "all")
    if chosen not in tabs:
        chosen = "all"
    conditions = {key: condition for key, (_label, condition) in tabs.items()}
    # A case read today may still wait, revealed or undone: it must not count twice in the total of the day.
    unread = ~conditions["deferred"] & ~Q(read_today(project=project, reader=reader))
    counts = waiting.counted({**conditions, "unread": unread})
    limit = MOST if request.GET.get("length") == "all" else SHOWN
    shown = waiting.matching(conditions[chosen], limit)
    today = reads_today(project=project, reader=reader)
    count = counts["all"] - counts["deferred"]
    usual = typical_minutes(project)
    context = {
        "project": project,
        "rows": [row(project, assignment, reader) for assignment in shown],
        "first": waiting.first(),
        "count": count,
        "listed": counts["all"],
        "shown": len(shown),
        "matching": counts[chosen],
        "chosen": chosen,
        "more": len(shown) < min(counts[chosen], MOST),
        "tabs": [(key, label, counts[key], key == chosen) for key, (label, _condition) in tabs.items()],
        "today": today,
        "total_today": today.cases + counts["unread"],
        "minutes_left": round(today.seconds * count / 60) if today.seconds else None,
        "minutes_usual": round(usual * count) if usual else None,
        "champion": champion_record(project),
        "recent": recent(project, reader),
        "sent": sent_rows(project, reader),
        "skipped": skipped_rows(project, reader),
    }
    if not counts["all"]:
        context["preparing"] = preparing(project)
    return render(request, "worklist.html", context)


def row(project: Project, assignment: Assignment, reader: User) -> WorklistRow:
    # Both record that the reader was told, before the page is written.
    known = reason_disclose(assignment=assignment, reader=reader)
    urgent = suspicion_disclose(assignment=assignment, reader=reader)
    return WorklistRow(
        assignment=assignment,
        patient=patient_context(assignment.image, project),
        reason=assignment.reason if known else "",
        urgent=urgent,
        sent=sent_words(assignment, known),
        waiting=waiting_words(assignment),
    )


def waiting_words(assignment: Assignment) -> str:
    """How long a case has waited; of a deferred case, until when it is deferred."""
    if assignment.state == Assignment.State.DEFERRED and assignment.lease_until:
        return deferred_words(assignment.lease_until)
    minutes = int((timezone.now() - assignment.created_at).total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return gettext("%(days)d d %(hours)02d h") % {"days": days, "hours": hours}
    if hours:
        return gettext("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes % 60}
    return gettext("%(minutes)d min") % {"minutes": minutes}


def deferred_words(until: datetime) -> str:
    """Until when a case is deferred."""
    # A case whose time is over stays with its reader until the queue is asked for somebody's next case.
    if until <= timezone.now():
        return gettext("Deferred by you; that time is over")
    return gettext("Deferred by you until %(until)s") % {"until": until_words(until)}


def preparing(project: Project) -> dict[str, int]:
    """How many images there are, and how many of them are not decoded yet."""
    images = images_in(project)
    received = images.filter(status=Image.Status.RECEIVED).count()
    return {"received": received, "images": images.count()}


def recent(project: Project, reader: User) -> QuerySet[Read]:
    return reads_standing(project=project, reader=reader)[:RECENT]
