"""The cases that the reading page is sent ahead: the one to read now and those after it, each fully rendered.

The page opens them without another request. A case that is read blind first is prepared without any model. For any
other case the suggestion is recorded as shown when it is prepared, before its bytes leave. While a blind read is open,
a case with a suggestion that comes after it is sent as pixels only: nothing on the wire tells of a model.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypedDict

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from frontend.image_words import PatientHeader, patient_context
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
from overread.projects.queries import findings_of
from overread.rows import at_hand

AHEAD = 2  # cases: enough to hide the loading of a large image, few enough that others can have the rest


class CaseContext(TypedDict):
    """What the templates of one case need."""

    user: User
    case: Case
    waiting: bool
    patient: PatientHeader
    panel: Panel
    position: Position
    first_read_text: str
    worklist_url: str
    standalone: bool


def hand_out(
    *, reader: User, project: Project, shown: Assignment | None = None, ahead: int = AHEAD
) -> list[Assignment]:
    """The case to read now, `shown` or else the first that the reader holds, and those after it."""
    held = assignments_claim(project=project, reader=reader, count=1 + ahead)
    now = [shown] if shown else held[:1]
    after = [each for each in held if each not in now]
    in_order = now + after[:ahead]
    # All cases share one project instance: its findings are queried once for all panels.
    at_hand(project, "findings", findings_of(project))
    for each in in_order:
        each.project = project
    return in_order


@dataclass(frozen=True)
class CasePrefetch:
    """Prepares cases for a reader with the predictions of one model. `known`: the tokens of cases that the page has."""

    reader: User
    pipeline: Pipeline | None
    known: Collection[str] = ()
    standalone: bool = False

    def upcoming(self, in_order: Sequence[Assignment], first: Position, *, blind: bool = False) -> list[Upcoming]:
        """Each case, prepared unless the page has it already or may not have it yet.

        `first` is the position of the first of them. `blind`: the case before them is read blind.
        """
        cases = []
        for place, each in enumerate(in_order):
            withheld = blind and not is_blind(each)
            cases.append(self._case(each, first.after(place), withheld=withheld))
            blind = blind or is_blind(each)
        return cases

    def context(self, assignment: Assignment, position: Position) -> CaseContext:
        """The case for its templates. Records that the reader saw its prediction, if it shows one."""
        case = case_open(assignment, self.reader, self.pipeline)
        beside = companions_data(assignment.project, [assignment.image])
        data = case_data(case, beside[assignment.image_id], standalone=self.standalone)
        return {
            "user": self.reader,
            "case": data,
            "waiting": case.waiting,
            "patient": patient_context(assignment.image, assignment.project),
            "panel": panel_context(case),
            "position": position,
            "first_read_text": _("First read stored") if case.state == "revealed" else "",
            "worklist_url": data["urls"]["worklist"],
            "standalone": self.standalone,
        }

    def _case(self, assignment: Assignment, position: Position, *, withheld: bool) -> Upcoming:
        token = token_of(assignment, state_of(assignment), self.pipeline)
        stub: Upcoming = {
            "token": token,
            "assignment": str(assignment.pk),
            "position": "" if self.standalone else render_to_string("read/position.html", {"position": position}),
            "image": image_data(assignment.image),
            "begun": assignment.worked_at is not None,
            "prepared": None,
        }
        if withheld:
            return {**stub, "token": ""}
        if token in self.known:
            return stub
        context = self.context(assignment, position)
        stub["prepared"] = self._prepared(assignment, context)
        if context["waiting"]:
            # Without a token the page asks for the case again, when the suggestion may be there.
            stub["token"] = ""
        return stub

    def _prepared(self, assignment: Assignment, context: CaseContext) -> Prepared:
        return {
            "case": context["case"],
            "header": render_to_string("read/header.html", context),
            "panel": render_to_string("read/panel.html", context),
            "url": case_url(assignment, standalone=self.standalone),
        }


def token_of(assignment: Assignment, state: CaseState, pipeline: Pipeline | None) -> str:
    """A name for the prepared case that changes with its version, its state and the model."""
    model = ""
    if state != "blind" and pipeline is not None:  # a blind case must not tell that there is a model
        model = str(pipeline.pk)
    return f"{assignment.pk}.{assignment.version}.{state}.{model}"
