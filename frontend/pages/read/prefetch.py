"""What the reading page is sent between two cases: the one to be read now and those after it, each drawn in full.

A case prepared ahead is opened by the page without asking. What is prepared of a case that is read blind first knows
nothing of the model; the suggestion of any other is recorded as shown when it is prepared, before its bytes leave.
Of a case that comes with a suggestion, but after one that is read blind, only pixels are sent until then: nothing that
is on its way during a blind read tells of a model.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypedDict

from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from frontend.image_words import Patient, patient_context
from frontend.pages.read.case import case_data
from frontend.pages.read.companions import companions_data
from frontend.pages.read.contract import Case, CaseState, Prepared, Upcoming
from frontend.pages.read.images import image_data
from frontend.pages.read.opened import case_open, is_blind, state_of
from frontend.pages.read.panel import Panel, panel_context
from frontend.pages.read.position import Position
from frontend.pages.read.standalone import case_url
from inference.models import Pipeline
from labeling.models import Assignment
from labeling.services import assignments_claim
from overread.accounts.models import User
from overread.projects.models import Project

AHEAD = 2


class CaseContext(TypedDict):
    """Everything that the templates of one case need."""

    user: User
    case: Case
    waiting: bool
    patient: Patient
    panel: Panel
    position: Position
    first_read_text: str
    worklist_url: str
    alone: bool


def hand_out(
    *, reader: User, project: Project, shown: Assignment | None = None, ahead: int = AHEAD
) -> list[Assignment]:
    """The case to be read now, if not `shown` the first in the reader's hands, and those after it."""
    held = assignments_claim(project=project, reader=reader, count=1 + ahead)
    prefetch_related_objects([project], "findings")  # asked for once, by all of them and their panels
    now = [shown] if shown else held[:1]
    in_order = now + [each for each in held if each not in now][:ahead]
    for each in in_order:
        each.project = project
    return in_order


@dataclass(frozen=True)
class CasePrefetch:
    """For whom cases are prepared, with which model, and which tokens the page holds already; `alone` as in standalone.py."""

    reader: User
    pipeline: Pipeline | None
    known: Collection[str] = ()
    alone: bool = False

    def upcoming(self, in_order: Sequence[Assignment], first: Position, *, blind: bool = False) -> list[Upcoming]:
        """Each case's token, position and image, and what opens it unless the page has it or may not have it yet.

        `blind`: the case before these is read blind.
        """
        told = []
        for place, each in enumerate(in_order):
            told.append(self._case(each, first.after(place), withheld=blind and not is_blind(each)))
            blind = blind or is_blind(each)
        return told

    def context(self, assignment: Assignment, position: Position) -> CaseContext:
        """The case, opened: a prediction that it shows is on record as shown."""
        case = case_open(assignment, self.reader, self.pipeline)
        beside = companions_data(assignment.project, [assignment.image])
        data = case_data(case, beside[assignment.image_id], alone=self.alone)
        return {
            "user": self.reader,
            "case": data,
            "waiting": case.waiting,
            "patient": patient_context(assignment.image, assignment.project),
            "panel": panel_context(case),
            "position": position,
            "first_read_text": _("First read stored") if case.state == "revealed" else "",
            "worklist_url": data["urls"]["worklist"],
            "alone": self.alone,
        }

    def _case(self, assignment: Assignment, position: Position, *, withheld: bool) -> Upcoming:
        token = token_of(assignment, state_of(assignment), self.pipeline)
        stub: Upcoming = {
            "token": token,
            "assignment": str(assignment.pk),
            "position": "" if self.alone else render_to_string("read/position.html", {"position": position}),
            "image": image_data(assignment.image),
            "begun": assignment.worked_at is not None,
            "prepared": None,
        }
        if withheld:
            return {**stub, "token": ""}
        if token in self.known:
            return stub
        context = self.context(assignment, position)
        # without a token it is asked for again: the suggestion may be there by then
        return {**stub, "prepared": self._prepared(assignment, context), "token": "" if context["waiting"] else token}

    def _prepared(self, assignment: Assignment, context: CaseContext) -> Prepared:
        return {
            "case": context["case"],
            "header": render_to_string("read/header.html", context),
            "panel": render_to_string("read/panel.html", context),
            "url": case_url(assignment, alone=self.alone),
        }


def token_of(assignment: Assignment, state: CaseState, pipeline: Pipeline | None) -> str:
    """Names what is prepared of a case: another version, state or model makes another. A blind one names no model."""
    model = "" if state == "blind" or pipeline is None else str(pipeline.pk)
    return f"{assignment.pk}.{assignment.version}.{state}.{model}"
