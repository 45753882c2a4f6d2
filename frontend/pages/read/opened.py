"""One case in front of a reader: its phase, and what may be shown with it.

Until a blind first read is stored, nothing here looks a prediction up, so nothing of it can leave the server.
"""

from __future__ import annotations

from dataclasses import dataclass

from frontend.pages.read.contract import CaseState
from inference.models import Pipeline, Prediction, StageReport
from inference.services import prediction_show
from inference.services.predictions import Abstained, NotScored
from labeling.contradiction import contradicted_value
from labeling.models import Assignment, Read
from labeling.queries.disputed import DisputedRead, disputed_reads
from labeling.queries.reads import own_read
from labeling.services import answers_seen_record
from overread.accounts.models import User


@dataclass(frozen=True)
class OpenCase:
    """A case in front of a reader. `waiting`: its prediction is still being made. `refused`: what the stages said where one of
    them abstains from the image, so that there is none.

    `read` is the reader's own standing read; `disputed` are the reads between which an adjudicator decides.
    """

    assignment: Assignment
    state: CaseState
    prediction: Prediction | None
    waiting: bool
    read: Read | None
    disputed: tuple[DisputedRead, ...] = ()
    refused: tuple[StageReport, ...] = ()

    def against(self, slug: str) -> str | None:
        """The answer to this finding that the model strongly contradicts: a blind reader has to confirm it by its own key.

        None before the reveal, and in a project that does not ask for it.
        """
        if self.state != "revealed" or self.prediction is None:
            return None
        if not self.assignment.project.ask_contradictions:
            return None
        return contradicted_value(self.prediction.outputs.get(slug))


def case_open(assignment: Assignment, reader: User, pipeline: Pipeline | None) -> OpenCase:
    """The case as it may be shown now, with the prediction of `pipeline` unless it is to be read blind.

    Records that the reader saw the prediction, and the answers of the readers who disagree.
    """
    state = state_of(assignment)
    prediction = None
    waiting = False
    refused: tuple[StageReport, ...] = ()
    if state != "blind" and pipeline is not None:
        try:
            prediction = prediction_show(pipeline=pipeline, image=assignment.image, user=reader)
        except Abstained as refusal:
            refused = tuple(refusal.reports)
        except NotScored:
            waiting = True
    own = own_read(assignment=assignment, reader=reader)
    disputed = tuple(disputed_reads(assignment))
    if disputed:
        answers_seen_record(user=reader, images=[assignment.image_id])
    return OpenCase(assignment, state, prediction, waiting, own, disputed, refused)


def state_of(assignment: Assignment) -> CaseState:
    if assignment.state == Assignment.State.DONE:
        return "done"
    if not assignment.blind:
        return "open"
    return "revealed" if assignment.state == Assignment.State.REVEALED else "blind"


def is_blind(assignment: Assignment) -> bool:
    return state_of(assignment) == "blind"
