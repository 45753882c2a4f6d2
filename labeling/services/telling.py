"""Telling a reader why a case is theirs, without telling what must stay hidden."""

from __future__ import annotations

from contextlib import suppress

from inference.queries import champion_of
from inference.services import prediction_ensure, prediction_show
from inference.services.predictions import NotScored
from labeling.models import Assignment, Purpose
from labeling.queries.sight import prediction_allowed
from overread.accounts.models import User


def reason_tell(*, assignment: Assignment, reader: User) -> bool:
    """Whether a reader may know why they were given a case; a reason that quotes the model is recorded as shown."""
    if not prediction_allowed(user=reader, project=assignment.project, image=assignment.image):
        return False
    pipeline = champion_of(assignment.project)
    if pipeline and assignment.purpose == Purpose.EXPLOIT and assignment.strategy != "random":
        with suppress(NotScored):  # then there was nothing to quote
            prediction_show(prediction=prediction_ensure(pipeline=pipeline, image=assignment.image), user=reader)
    return True


def suspicion_tell(*, assignment: Assignment, reader: User) -> str:
    """The urgent findings that the model in use puts above threshold, by name, where this reader may know; on record as
    shown before it is written down. Empty otherwise.
    """
    project, pipeline = assignment.project, champion_of(assignment.project)
    if not assignment.suspected or pipeline is None:
        return ""
    if not prediction_allowed(user=reader, project=project, image=assignment.image):
        return ""
    with suppress(NotScored):
        prediction = prediction_ensure(pipeline=pipeline, image=assignment.image)
        urgent = project.findings.filter(urgent=True)
        names = [finding.name for finding in urgent if prediction.outputs.get(finding.slug, {}).get("above")]
        if names:
            prediction_show(prediction=prediction, user=reader)
        return ", ".join(names)
    return ""
