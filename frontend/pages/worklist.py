"""What waits for this reader, and why. The reason of a case that is read blind first opens after the first read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from frontend.cases import patient_context
from frontend.people import person
from inference.models import Champion
from labeling.models import Assignment, Purpose, Read
from labeling.queries import reads_today, worklist
from labeling.services.telling import reason_tell
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project
from overread.projects.queries import project_for

SHOWN = 10
FILTERS = {
    "all": "All",
    "unsure": "Model unsure",
    "adjudicate": "Adjudicate",
    "held": "Held by you",
}


@dataclass(frozen=True)
class Row:
    """One line of the list. `reason` is empty while it must stay hidden."""

    assignment: Assignment
    patient: dict[str, Any]
    reason: str
    waiting: str


@login_required
def page(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(person(request), slug, "labeling.read")
    everything = worklist(project=project, reader=person(request))
    chosen = request.GET.get("show", "all")
    shown = filtered(everything, chosen if chosen in FILTERS else "all")
    limit = None if request.GET.get("length") == "all" else SHOWN
    count = everything.count()
    today = reads_today(project=project, reader=person(request))
    cases = [row(assignment, person(request)) for assignment in shown[: limit or 500]]
    context = {
        "project": project,
        "rows": cases,
        "first": everything.first(),
        "count": count,
        "shown": len(cases),
        "matching": shown.count(),
        "tabs": [(key, label, filtered(everything, key).count(), key == chosen) for key, label in FILTERS.items()],
        "today": today,
        "total_today": today["cases"] + count,
        "minutes_left": round(today["seconds"] * count / 60) if today["seconds"] else None,
        "champion": Champion.objects.select_related("pipeline").filter(project=project).first(),
        "preparing": preparing(project) if not count else None,
        "recent": recent(project, request),
    }
    return render(request, "worklist.html", context)


def filtered(cases: QuerySet[Assignment], chosen: str) -> QuerySet[Assignment]:
    """Cases by filter. None lists a case that is read blind first under its reason."""
    if chosen == "unsure":
        return cases.filter(purpose=Purpose.EXPLOIT, blind=False)
    if chosen == "adjudicate":
        return cases.filter(purpose=Purpose.ADJUDICATE)
    return cases.filter(state__in=Assignment.HELD) if chosen == "held" else cases


def row(assignment: Assignment, reader: User) -> Row:
    known = reason_tell(assignment=assignment, reader=reader)  # and on record, before it is written down
    reason = assignment.reason if known else ""
    return Row(assignment, patient_context(assignment.image), reason, waiting_words(assignment))


def waiting_words(assignment: Assignment) -> str:
    minutes = int((timezone.now() - assignment.created_at).total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return f"{days} d {hours:02d} h"
    return f"{hours} h {minutes % 60:02d} min" if hours else f"{minutes} min"


def preparing(project: Project) -> dict[str, int] | None:
    """What is still on its way, when nothing waits to be read."""
    images = Image.objects.filter(enrolments__project=project)
    received = images.filter(status=Image.Status.RECEIVED).count()
    return {"received": received, "images": images.count()}


def recent(project: Project, request: HttpRequest) -> QuerySet[Read]:
    reads = Read.objects.filter(project=project, reader=person(request), superseded_by=None)
    return reads.select_related("image__study__patient", "assignment").order_by("-created_at")[:5]
