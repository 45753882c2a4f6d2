"""What inference's jobs do.

A handler imports its service itself: scoring needs ONNX Runtime, which no web process should load.
"""

from __future__ import annotations

from uuid import UUID

from inference.events import ScoresChanged
from inference.jobs import PREDICT, PREDICT_ONE, REFRESH
from inference.models import Pipeline
from inference.queries import champion_of
from overread.archive.models import Image
from overread.events import announce
from overread.jobs.registry import job
from overread.jobs.running import Lease
from overread.projects.models import Project


@job(PREDICT, queue="inference")
def predict(job: Lease, *, image: str, of: str) -> None:
    """Score a new image: alone where somebody waits for it, else in one batch with later images, which is hardly slower."""
    from inference.services.scoring import image_score, images_score

    pipeline = champion_of(Project.objects.get(pk=of))
    if pipeline and job.job.queue == "interactive":
        images_score(pipeline=pipeline, among=Image.objects.filter(pk=image), lease=job)
    elif pipeline:
        image_score(pipeline=pipeline, image=Image.objects.get(pk=image), lease=job)
    with job.finishing():
        announce(ScoresChanged(UUID(of), anew=False))


@job(PREDICT_ONE, queue="interactive")
def predict_one(job: Lease, *, pipeline: str, image: str) -> None:
    """Score one image with one pipeline, for somebody who waits for it."""
    from inference.services.scoring import images_score

    chosen = Pipeline.objects.select_related("project").get(pk=pipeline)
    images_score(pipeline=chosen, among=Image.objects.filter(pk=image), lease=job)
    with job.finishing():
        # The queue orders by the champion's scores; another pipeline changes nothing there.
        if champion_of(chosen.project) == chosen:
            announce(ScoresChanged(chosen.project_id, anew=False))


@job(REFRESH, queue="inference")
def refresh(job: Lease, *, pipeline: str) -> None:
    """Score every image of the project with the pipeline that was promoted, then tell the rooms above."""
    from inference.services.scoring import images_score

    promoted = Pipeline.objects.select_related("project").get(pk=pipeline)
    images_score(pipeline=promoted, lease=job)
    with job.finishing():
        announce(ScoresChanged(promoted.project_id, anew=True))
