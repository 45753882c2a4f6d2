"""Telling a reader why a case is theirs, without telling what must stay hidden."""

from __future__ import annotations

from contextlib import suppress

from inference.queries import champion_of, released
from inference.services import exposure_record, prediction_ensure
from inference.services.predictions import NotScored
from labeling.models import Assignment
from labeling.queries.sight import prediction_allowed
from labeling.selection.reasons import quotes_model
from overread.accounts.models import User


def reason_tell(*, assignment: Assignment, reader: User) -> bool:
    """Whether a reader may know the reason that this very row holds; one that quotes a model is on record as shown first.

    Whoever drew the case, it is the sentence that decides: a case drawn before there was a model quotes one once the
    queue has been ordered anew.
    """
    if not prediction_allowed(user=reader, project=assignment.project, image=assignment.image):
        return False
    return not quotes_model(assignment.reason) or _recorded(assignment, reader)


def _recorded(assignment: Assignment, reader: User) -> bool:
    """Whether a prediction of the case is on record as shown now; an earlier model's, where the one in use has not scored
    the image yet.
    """
    for model in released(assignment.project):
        with suppress(NotScored):
            exposure_record(prediction=prediction_ensure(pipeline=model.pipeline, image=assignment.image), user=reader)
            return True
    return False


def suspicion_tell(*, assignment: Assignment, reader: User) -> str:
    """The urgent findings that the model in use puts above threshold, by name, where this reader may know; on record as
    shown before it is written down. Empty otherwise.
    """
    if not assignment.suspected:
        return ""
    project = assignment.project
    pipeline = champion_of(project)
    if pipeline is None:
        return ""
    if not prediction_allowed(user=reader, project=project, image=assignment.image):
        return ""
    with suppress(NotScored):
        prediction = prediction_ensure(pipeline=pipeline, image=assignment.image)
        urgent = project.findings.filter(urgent=True)
        names = [finding.name for finding in urgent if prediction.outputs.get(finding.slug, {}).get("above")]
        if names:
            exposure_record(prediction=prediction, user=reader)
        return ", ".join(names)
    return ""
