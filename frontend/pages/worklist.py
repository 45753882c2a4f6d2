"""What waits for this reader, and why. The reason of a case that is read blind first opens after the first read."""

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

from frontend.image_words import Patient, patient_context
from frontend.pages.read.referrals import sent_rows, sent_words, until_words
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

SHOWN, MOST, RECENT = 10, 500, 5


@dataclass(frozen=True)
class Row:
    """One line of the list. `reason` and `urgent` are empty while they must stay hidden."""

    assignment: Assignment
    patient: Patient
    reason: str
    urgent: str
    sent: str
    waiting: str


def filters(project: Project, reader: User) -> dict[str, tuple[Any, Q]]:
    """Key → label and condition. What tells of the model lists only cases of which that may be told."""
    told, state = reason_allowed(project=project, reader=reader), Assignment.State
    return {
        "all": (_("All"), Q()),
        "urgent": (_("Suspected urgent"), ~Q(suspected="") & told),
        "unsure": (_("Model unsure"), Q(reason__startswith=UNSURE_ON) & told),
        "adjudicate": (_("Adjudicate"), Q(purpose=Purpose.ADJUDICATE)),
        "sent": (_("Sent to you"), ~Q(sent_as="")),
        "deferred": (_("Deferred by you"), Q(state=state.DEFERRED)),
        "held": (_("Held by you"), Q(state__in=Assignment.HELD)),
    }


@login_required
def page(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(person(request), slug, "labeling.read")
    reader = person(request)
    waiting = worklist(project=project, reader=reader)
    chosen = request.GET.get("show", "all")
    offered = filters(project, reader)
    chosen = chosen if chosen in offered else "all"
    limit = MOST if request.GET.get("length") == "all" else SHOWN
    which = {key: condition for key, (_label, condition) in offered.items()}
    counts = waiting.counted(which | {"unread": ~which["deferred"] & ~Q(read_today(project=project, reader=reader))})
    count, today = counts["all"] - counts["deferred"], reads_today(project=project, reader=reader)
    shown = waiting.matching(which[chosen], limit)
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
        "tabs": [(key, label, counts[key], key == chosen) for key, (label, _condition) in offered.items()],
        "today": today,
        "total_today": today.cases + counts["unread"],
        "minutes_left": round(today.seconds * count / 60) if today.seconds else None,
        "minutes_usual": round(usual * count) if (usual := typical_minutes(project)) else None,
        "champion": champion_record(project),
        "preparing": preparing(project) if not counts["all"] else None,
        "recent": recent(project, request),
        "sent": sent_rows(project, reader),
    }
    return render(request, "worklist.html", context)


def row(project: Project, assignment: Assignment, reader: User) -> Row:
    known = reason_disclose(assignment=assignment, reader=reader)  # and on record, before it is written down
    reason = assignment.reason if known else ""
    return Row(
        assignment,
        patient_context(assignment.image, project),
        reason,
        suspicion_disclose(assignment=assignment, reader=reader),
        sent_words(assignment, known),
        waiting_words(assignment),
    )


def waiting_words(assignment: Assignment) -> str:
    """Since when it waits; of a case put aside until when."""
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
    """Of a case put aside; when the time is over it is still its reader's, until somebody's next case is looked for."""
    if until <= timezone.now():
        return gettext("Deferred by you; that time is over")
    return gettext("Deferred by you until %(until)s") % {"until": until_words(until)}


def preparing(project: Project) -> dict[str, int] | None:
    """What is still on its way, when nothing waits to be read."""
    images = images_in(project)
    received = images.filter(status=Image.Status.RECEIVED).count()
    return {"received": received, "images": images.count()}


def recent(project: Project, request: HttpRequest) -> QuerySet[Read]:
    return reads_standing(project=project, reader=person(request))[:RECENT]
