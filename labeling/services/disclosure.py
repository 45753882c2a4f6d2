"""Telling a reader why a case was chosen, without telling what must stay hidden."""

from __future__ import annotations

from contextlib import suppress

from inference.queries import champion_of, released
from inference.services import exposure_record, prediction_ensure
from inference.services.predictions import NotScored
from labeling.models import Assignment
from labeling.queries.visibility import prediction_allowed
from labeling.selection.reasons import quotes_model
from overread.accounts.models import User


def reason_disclose(*, assignment: Assignment, reader: User) -> bool:
    """Disclose the reason of a case to a reader: False if they may not see it. Records the exposure if it quotes a model."""
    if not prediction_allowed(user=reader, project=assignment.project, image=assignment.image):
        return False
    # By the sentence, not the strategy: a case drawn before there was a model quotes one after the queue is reordered.
    if not quotes_model(assignment.reason):
        return True
    return _recorded(assignment, reader)


def _recorded(assignment: Assignment, reader: User) -> bool:
    """Record that the reader was shown a prediction of the case. False if no model has scored it.

    An earlier model's prediction is recorded if the model in use has not scored the image yet.
    """
    for model in released(assignment.project):
        with suppress(NotScored):
            exposure_record(prediction=prediction_ensure(pipeline=model.pipeline, image=assignment.image), user=reader)
            return True
    return False


def suspicion_disclose(*, assignment: Assignment, reader: User) -> str:
    """The names of the urgent findings that the model in use puts above threshold; "" if the reader may not see them.

    Records the exposure before the names leave.
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
