"""Inference's jobs: how they are called, asked for and found. What they do is in `handlers`."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from inference.models import Pipeline, Promotion
from overread.accounts.models import User
from overread.archive.jobs import RENDER, queue_for
from overread.jobs.models import Job
from overread.jobs.services import job_enqueue

PREDICT = "inference.predict"
PREDICT_ONE = "inference.one"
REFRESH = "inference.refresh"


def predict_request(*, image: UUID, project: UUID, source: str) -> Job:
    """Enqueue the scoring of a new image by the model in use."""
    key = f"{PREDICT}:{project}:{image}"
    # The argument is called `of` in every stored job, and `project` is the name of the job's own field.
    return job_enqueue(kind=PREDICT, key=key, project=project, queue=queue_for(source), image=image, of=project)


def predict_one_request(*, pipeline: Pipeline, image: UUID, requested_by: User) -> Job:
    """Enqueue the scoring of one image by one pipeline."""
    return job_enqueue(
        kind=PREDICT_ONE,
        key=f"{PREDICT_ONE}:{pipeline.pk}:{image}",
        project=pipeline.project_id,
        requested_by=requested_by,
        pipeline=pipeline.pk,
        image=image,
    )


def overruled_request(*, pipeline: Pipeline, image: UUID, requested_by: User) -> Job:
    """Enqueue the scoring of an image that a member wants predicted. Its first job is done: this is another."""
    return job_enqueue(
        kind=PREDICT_ONE,
        key=f"{PREDICT_ONE}:{pipeline.pk}:{image}:overruled",
        project=pipeline.project_id,
        requested_by=requested_by,
        pipeline=pipeline.pk,
        image=image,
    )


def refresh_request(*, promotion: Promotion) -> Job:
    """Enqueue the scoring of every image by the pipeline that was promoted."""
    key = f"{REFRESH}:{promotion.pk}"
    return job_enqueue(kind=REFRESH, key=key, project=promotion.project_id, pipeline=promotion.pipeline_id)


def refresh_jobs(project: UUID) -> QuerySet[Job]:
    """Every job that scores, or scored, all images of a project."""
    return Job.objects.filter(kind=REFRESH, project_id=project)


def arrival_jobs(project: UUID) -> QuerySet[Job]:
    """The jobs of a project's images before they can be selected, done or not: decoding and scoring."""
    return Job.objects.filter(kind__in=(RENDER, PREDICT), project_id=project)
