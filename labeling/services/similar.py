"""Showing similar cases, on record: their labels are others' answers."""

from __future__ import annotations

from inference.models import Prediction
from labeling.queries.similar import SimilarCase, similar_cases
from labeling.services.exposure import answers_seen_record
from overread.accounts.models import User
from overread.projects.models import Project


def similar_cases_show(*, prediction: Prediction, project: Project, user: User) -> list[SimilarCase]:
    """The confirmed cases most like the image of a prediction that this user was shown.

    Recorded before they leave: an answer of theirs to one of these images is not independent from now on.
    """
    cases = similar_cases(prediction=prediction, project=project, user=user)
    answers_seen_record(user=user, images=[case.image.pk for case in cases])
    return cases
