"""What the reading page is sent between two cases: the one to be read now and those after it, each drawn in full.

A case prepared ahead is opened by the page without asking. What is prepared of a case that is read blind first knows
nothing of the model; the suggestion of any other is recorded as shown when it is prepared, before its bytes leave.
Of a case that comes with a suggestion, but after one that is read blind, only pixels are sent until then: nothing that
is on its way during a blind read tells of a model.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from frontend import cases
from frontend.alone import ALONE, by_itself
from frontend.companions import companions_data
from frontend.image_words import patient_context
from inference.models import Pipeline
from labeling.models import Assignment
from labeling.queries.today import reads_today
from labeling.services import assignments_claim
from overread.accounts.models import User
from overread.projects.models import Project

AHEAD = 2


def hand(reader: User, project: Project, shown: Assignment | None = None, ahead: int = AHEAD) -> list[Assignment]:
    """The case to be read now, if not `shown` the first in the reader's hands, and those after it."""
    held = assignments_claim(project=project, reader=reader, count=1 + ahead)
    prefetch_related_objects([project], "findings")  # asked for once, by all of them and their panels
    now = [shown] if shown else held[:1]
    in_order = now + [each for each in held if each not in now][:ahead]
    for each in in_order:
        each.project = project
    return in_order


@dataclass(frozen=True)
class Table:
    """For whom cases are prepared, with which model, and which tokens the page holds already; `alone` as in alone.py."""

    reader: User
    pipeline: Pipeline | None
    known: Collection[str] = ()
    alone: bool = False

    def upcoming(
        self, in_order: Sequence[Assignment], first: cases.Position, *, blind: bool = False
    ) -> list[dict[str, Any]]:
        """Each case's token, position and image, and what opens it unless the page has it or may not have it yet.

        `blind`: the case before these is read blind.
        """
        told = []
        for place, each in enumerate(in_order):
            told.append(self._case(each, first.after(place), withheld=blind and not is_blind(each)))
            blind = blind or is_blind(each)
        return told

    def _case(self, assignment: Assignment, position: cases.Position, *, withheld: bool) -> dict[str, Any]:
        token = token_of(assignment, cases.state_of(assignment), self.pipeline)
        stub = {
            "token": token,
            "assignment": str(assignment.pk),
            "position": "" if self.alone else render_to_string("read/position.html", {"position": position}),
            "image": cases.image_data(assignment.image),
            "begun": assignment.worked_at is not None,
            "prepared": None,
        }
        if withheld:
            return stub | {"token": ""}
        if token in self.known:
            return stub
        context = case_context(assignment, position, self.reader, self.pipeline, alone=self.alone)
        opens = {
            "case": context["case"],
            "header": render_to_string("read/header.html", context),
            "panel": render_to_string("read/panel.html", context),
            "url": reverse("read", args=[assignment.project.slug, assignment.pk]) + (ALONE if self.alone else ""),
        }
        # without a token it is asked for again: the suggestion may be there by then
        return stub | {"prepared": opens, "token": "" if context["waiting"] else token}


def is_blind(assignment: Assignment) -> bool:
    return cases.state_of(assignment) == "blind"


def token_of(assignment: Assignment, state: str, pipeline: Pipeline | None) -> str:
    """Names what is prepared of a case: another version, state or model makes another. A blind one names no model."""
    model = "" if state == "blind" or pipeline is None else str(pipeline.pk)
    return f"{assignment.pk}.{assignment.version}.{state}.{model}"


def case_context(
    assignment: Assignment, position: cases.Position, reader: User, pipeline: Pipeline | None, *, alone: bool = False
) -> dict[str, Any]:
    """Everything the templates of one case need."""
    case = cases.case_open(assignment, reader, pipeline)
    beside = companions_data(assignment.project, [assignment.image])
    context = {
        "user": reader,
        "case": cases.case_data(case, beside[assignment.image_id]),
        "waiting": case.waiting,
        "patient": patient_context(assignment.image, assignment.project),
        "panel": cases.panel_context(case),
        "position": position,
        "first_read_text": _("First read stored") if case.state == "revealed" else "",
        "worklist_url": reverse("worklist", args=[assignment.project.slug]),
    }
    return by_itself(context, assignment) if alone else context


def finished(project: Project, reader: User) -> str:
    """Rendered in place of a case when the queue is at its end."""
    today = reads_today(project=project, reader=reader)
    seconds = round((today["seconds"] or 0) * today["cases"])
    context = {
        "finished": {
            "cases": today["cases"],
            "time_text": _("%(minutes)d min %(seconds)02d s") % {"minutes": seconds // 60, "seconds": seconds % 60},
        },
        "worklist_url": reverse("worklist", args=[project.slug]),
    }
    return render_to_string("read/finished.html", context)
