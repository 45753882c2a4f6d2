"""Showing a prediction to somebody."""

from __future__ import annotations

from django.db import transaction

from inference.models import Pipeline, Prediction
from inference.services.predictions import exposure_record, prediction_ensure
from overread.accounts.models import User
from overread.archive.models import Image


@transaction.atomic
def prediction_show(*, pipeline: Pipeline, image: Image, user: User) -> Prediction:
    """The pipeline's prediction of the image, recorded as shown to this user. To be called before the bytes leave.

    One transaction, so that a page waits for the disk once. Raises NotScored.
    """
    prediction = prediction_ensure(pipeline=pipeline, image=image)
    exposure_record(prediction=prediction, user=user)
    return prediction
