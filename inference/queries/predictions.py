"""Predictions that were shown, and their attention maps."""

from __future__ import annotations

import io
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from django.db.models import QuerySet
from numpy.typing import NDArray

from inference.models import Pipeline, Prediction
from inference.queries.champions import champion_of
from overread import rows
from overread.accounts.models import User
from overread.archive import blobs
from overread.archive.models import Image
from overread.projects.models import Project


def predictions_shown(*, user: User, image: Image, project: Project) -> QuerySet[Prediction]:
    """What this user was shown of the image in this project, last shown first."""
    shown = Prediction.objects.filter(image=image, exposures__user=user, pipeline__project=project)
    return shown.select_related("pipeline").order_by("-exposures__at")


SHOWN = rows.Select(
    Prediction,
    Pipeline,
    rest="""
        FROM inference_exposure
        JOIN inference_prediction ON inference_prediction.id = inference_exposure.prediction_id
        JOIN inference_pipeline ON inference_pipeline.id = inference_prediction.pipeline_id
        WHERE inference_exposure.user_id = %s AND inference_exposure.image_id = %s
        ORDER BY inference_exposure.at DESC
    """,
)


def predictions_shown_anywhere(*, user: User, image: Image) -> list[Prediction]:
    """What this user was shown of the image in any project, last shown first."""
    shown: list[Prediction] = []
    for prediction, pipeline in SHOWN.rows(user.pk, image.pk):
        prediction.pipeline = pipeline
        shown.append(prediction)
    return shown


def prediction_in_view(*, user: User, image: Image, project: Project, named: UUID | None = None) -> Prediction | None:
    """`in_view` of what this user was shown of the image."""
    return in_view(predictions_shown_anywhere(user=user, image=image), project=project, named=named)


def in_view(shown: Sequence[Prediction], *, project: Project, named: UUID | None = None) -> Prediction | None:
    """Of the predictions shown, last shown first, the one of this project that a page names as the one on screen.

    Where it names none, the one that reading shows: the champion's, else the newest.
    """
    seen = [each for each in shown if each.pipeline.project_id == project.pk]
    if not seen:
        return None
    for prediction in seen:
        if prediction.pk == named:
            return prediction
    champion = champion_of(project)
    for prediction in seen:
        if prediction.pipeline == champion:
            return prediction
    return seen[0]


def attention_map(prediction: Prediction, column: int) -> NDArray[np.uint8]:
    """The (h, w) attention map of one of the head's K columns."""
    maps = np.load(io.BytesIO(blobs.read(prediction.maps)), allow_pickle=False)
    return np.asarray(maps[column], np.uint8)
