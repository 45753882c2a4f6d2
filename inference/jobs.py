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
    """Have a new image scored by the model in use."""
    key, queue = f"{PREDICT}:{project}:{image}", queue_for(source)
    return job_enqueue(kind=PREDICT, key=key, project=project, queue=queue, image=image, of=project)


def predict_one_request(*, pipeline: Pipeline, image: UUID, requested_by: User) -> Job:
    """Have one image scored by one pipeline."""
    return job_enqueue(
        kind=PREDICT_ONE,
        key=f"{PREDICT_ONE}:{pipeline.pk}:{image}",
        project=pipeline.project_id,
        requested_by=requested_by,
        pipeline=pipeline.pk,
        image=image,
    )


def refresh_request(*, promotion: Promotion) -> Job:
    """Have every image scored by the pipeline that has come into use."""
    key = f"{REFRESH}:{promotion.pk}"
    return job_enqueue(kind=REFRESH, key=key, project=promotion.project_id, pipeline=promotion.pipeline_id)


def refresh_jobs(project: UUID) -> QuerySet[Job]:
    """Every job that scores, or scored, all images of a project."""
    return Job.objects.filter(kind=REFRESH, project_id=project)


def arrival_jobs(project: UUID) -> QuerySet[Job]:
    """The jobs that the images of a project go through, or went, until they can be chosen: decoding and scoring."""
    return Job.objects.filter(kind__in=(RENDER, PREDICT), project_id=project)
