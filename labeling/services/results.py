"""What the model in use says of an image, or why it says nothing: for programs that send an image and want an answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Literal

from inference.models import Pipeline, Prediction
from inference.queries import champion_of
from inference.queries.stages import report_facts
from inference.services import exposure_record, prediction_ensure
from inference.services.predictions import Abstained, NotScored
from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.models import Job, State
from overread.projects.models import Project

Outcome = Literal["pending", "predicted", "abstained", "refused", "failed", "no model"]
PAUSE = 0.1  # seconds between two looks; a prediction takes some tenths


@dataclass(frozen=True)
class ImageResult:
    """`outcome` says which of the others there are.

    "refused": the file could not be decoded, or is not what the project reads; "failed": a job of it gave up. `stages`: stage
    → what it said.
    """

    image: Image
    outcome: Outcome
    pipeline: Pipeline | None = None
    prediction: Prediction | None = None
    stages: dict[str, dict[str, Any]] | None = None
    reason: str = ""


def image_result(*, project: Project, image: Image, user: User) -> ImageResult:
    """What there is now. A prediction is recorded as shown to the user, before it leaves."""
    pipeline = champion_of(project)
    if pipeline is None:
        return ImageResult(image, "no model", reason="No model is in use in this project yet.")
    if image.status == Image.Status.QUARANTINED:
        return ImageResult(image, "refused", pipeline, reason=image.reason)
    enrolment = image.enrolments.filter(project=project).first()
    if enrolment and enrolment.mismatch:
        return ImageResult(image, "refused", pipeline, reason=enrolment.get_mismatch_display())
    try:
        prediction = prediction_ensure(pipeline=pipeline, image=image)
    except Abstained as refusal:
        return ImageResult(image, "abstained", pipeline, stages=report_facts(refusal.reports))
    except NotScored:
        return _without_scores(image, pipeline)
    exposure_record(prediction=prediction, user=user)
    return ImageResult(image, "predicted", pipeline, prediction, prediction.stages)


def _without_scores(image: Image, pipeline: Pipeline) -> ImageResult:
    """Still on its way, or given up."""
    dead = Job.objects.filter(arguments__image=str(image.pk), state=State.DEAD)
    if job := dead.order_by("-created_at").first():
        return ImageResult(image, "failed", pipeline, reason=job.error)
    return ImageResult(image, "pending", pipeline)


def image_result_await(*, project: Project, image: Image, user: User, seconds: float) -> ImageResult:
    """As `image_result`, but waits up to so many seconds for one that is pending."""
    deadline = time.monotonic() + seconds
    result = image_result(project=project, image=image, user=user)
    while result.outcome == "pending" and time.monotonic() < deadline:
        time.sleep(PAUSE)
        image.refresh_from_db()
        result = image_result(project=project, image=image, user=user)
    return result
