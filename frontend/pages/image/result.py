"""What a member may be shown of an image now: their own read of it, and the word of the model they chose."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from inference.models import Prediction
from inference.queries import Released, released
from inference.services import exposure_record, prediction_ensure, prediction_request
from inference.services.predictions import NotScored
from labeling.models import Read
from labeling.queries.reads import newest_read
from labeling.queries.visibility import prediction_allowed
from overread.accounts.models import User
from overread.archive.jobs import render_jobs
from overread.archive.models import Enrolment, Image
from overread.jobs.models import State
from overread.projects.models import Project


@dataclass(frozen=True)
class Result:
    """While an image is to be read blind first (`allowed` is false) nothing here knows a model."""

    image: Image
    read: Read | None
    allowed: bool
    models: list[Released]
    chosen: Released | None
    prediction: Prediction | None
    failed: bool  # the chosen model was asked, and could not answer

    @property
    def mismatch(self) -> str:
        """Why the image plainly is not what the project reads, as a sentence; no model is asked of such a one."""
        return str(Enrolment.Mismatch(self.image.mismatch).label) if self.image.mismatch else ""

    @property
    def ready(self) -> bool:
        return self.image.status == Image.Status.READY

    @property
    def stuck(self) -> bool:
        """Whether decoding the image has failed for good."""
        if self.image.status != Image.Status.RECEIVED:
            return False
        decoding = render_jobs().filter(arguments__image=str(self.image.pk))
        return decoding.order_by("-created_at").values_list("state", flat=True).first() == State.DEAD

    @property
    def pending(self) -> bool:
        """Whether the page has more to show in a moment: the pixels, or the suggestion."""
        if self.stuck:
            return False
        awaited = self.ready and self.chosen is not None and self.prediction is None and not self.failed
        return self.image.status == Image.Status.RECEIVED or awaited


def result_of(*, project: Project, image: Image, user: User, model: str | None) -> Result:
    """`model` is the number of a released model, None for the one in use. What is shown is on record before it leaves.

    Raises Http404 for a model that was never released here.
    """
    read = newest_read(project=project, image=image, reader=user)
    if image.mismatch:
        return Result(image, read, allowed=True, models=[], chosen=None, prediction=None, failed=False)
    if not prediction_allowed(user=user, project=project, image=image):
        return Result(image, read, allowed=False, models=[], chosen=None, prediction=None, failed=False)
    models = released(project)
    chosen = _chosen(models, model)
    prediction, failed = _said(chosen, image, user)
    return Result(image, read, True, models, chosen, prediction, failed)


def _chosen(models: list[Released], number: str | None) -> Released | None:
    if number is None:
        return models[0] if models else None
    named = [each for each in models if str(each.pipeline.number) == number]
    if not named:
        raise Http404("No such model.")
    return named[0]


def _said(model: Released | None, image: Image, user: User) -> tuple[Prediction | None, bool]:
    """What the model says of the image, shown to the user from now on; else it is asked, and whether that failed."""
    if model is None or image.status != Image.Status.READY:
        return None, False
    try:
        prediction = prediction_ensure(pipeline=model.pipeline, image=image)
    except NotScored:
        asked = prediction_request(pipeline=model.pipeline, image=image, user=user)
        return None, asked.state in (State.DEAD, State.CANCELLED)
    exposure_record(prediction=prediction, user=user)
    return prediction, False
