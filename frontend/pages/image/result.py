"""What a member may see of an image now: their own read, and the prediction of the model they chose."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from frontend.stage_words import StageLine, report_lines, stage_lines
from inference.models import Overrule, Prediction, StageReport
from inference.queries import Released, released
from inference.queries.stages import overrule_of
from inference.services import exposure_record, prediction_ensure, prediction_request
from inference.services.predictions import Abstained, NotScored
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
    """`allowed`: whether a prediction may be shown; false while the image is to be read blind first.

    No model is there before that. `failed`: the chosen model could not score the image. `refused`: what its stages said,
    where one of them abstains from the image.
    """

    image: Image
    read: Read | None
    allowed: bool
    models: list[Released]
    chosen: Released | None
    prediction: Prediction | None
    failed: bool
    refused: tuple[StageReport, ...] = ()
    overruled: Overrule | None = None

    @property
    def stages(self) -> list[StageLine]:
        """What the stages before the classifier said."""
        if self.refused:
            return report_lines(self.refused)
        if self.prediction is None:
            return []
        return stage_lines(self.prediction.stages)

    @property
    def mismatch(self) -> str:
        """Why the image is not what the project reads, as a sentence; "" if it is. No model scores a mismatch."""
        if not self.image.mismatch:
            return ""
        return str(Enrolment.Mismatch(self.image.mismatch).label)

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
        """Whether the pixels or the suggestion are still on their way, so that the page asks again."""
        if self.stuck:
            return False
        if self.image.status == Image.Status.RECEIVED:
            return True
        if self.refused:
            return False
        return self.ready and self.chosen is not None and self.prediction is None and not self.failed


def result_of(*, project: Project, image: Image, user: User, model: str | None) -> Result:
    """`model` is the number of a released model, None for the one in use. Records that the user saw its prediction.

    Raises Http404 for a model that was never released here.
    """
    read = newest_read(project=project, image=image, reader=user)
    if image.mismatch:
        return Result(image, read, allowed=True, models=[], chosen=None, prediction=None, failed=False)
    if not prediction_allowed(user=user, project=project, image=image):
        return Result(image, read, allowed=False, models=[], chosen=None, prediction=None, failed=False)
    models = released(project)
    chosen = _chosen(models, model)
    overruled = overrule_of(project=project, image=image)
    try:
        prediction, failed = _prediction(chosen, image, user)
    except Abstained as refusal:
        return Result(image, read, True, models, chosen, None, False, tuple(refusal.reports), overruled)
    return Result(image, read, True, models, chosen, prediction, failed, (), overruled)


def _chosen(models: list[Released], number: str | None) -> Released | None:
    """The released model of that number; without a number the one in use, which stands first."""
    if number is None:
        return models[0] if models else None
    for model in models:
        if str(model.pipeline.number) == number:
            return model
    raise Http404("No such model.")


def _prediction(model: Released | None, image: Image, user: User) -> tuple[Prediction | None, bool]:
    """The model's prediction, and whether it failed. If there is none yet, this requests the job for it.

    Raises Abstained.
    """
    if model is None or image.status != Image.Status.READY:
        return None, False
    try:
        prediction = prediction_ensure(pipeline=model.pipeline, image=image)
    except Abstained:
        raise
    except NotScored:
        job = prediction_request(pipeline=model.pipeline, image=image, user=user)
        return None, job.state in (State.DEAD, State.CANCELLED)
    # Recorded before it is shown: an answer given from now on is not blind.
    exposure_record(prediction=prediction, user=user)
    return prediction, False
