"""The reading room's jobs: how they are called, asked for and found. What they do is in `handlers`.

What is asked for by `_once` starts after the asker's transaction, and is one job for all who ask meanwhile.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from labeling.models import Read
from overread.jobs.models import Job
from overread.jobs.services import job_enqueue, job_enqueue_once

LABELS = "labeling.labels"
FILL = "labeling.fill"
REORDER = "labeling.reorder"
URGENCY = "labeling.urgency"
BLIND = "labeling.blind"
WORTH = "labeling.worth"


def labels_request(*, read: Read) -> Job:
    """Have the labels of a read's image derived anew."""
    project = read.project_id
    return job_enqueue(kind=LABELS, key=f"labels:{read.pk}", project=project, image=read.image_id, of=project)


def fill_request(*, project: UUID) -> Job:
    """Have the queue filled, where it runs low."""
    return _once(FILL, project)


def reorder_request(*, project: UUID) -> Job:
    """Have the queue ordered anew."""
    return _once(REORDER, project)


def urgency_request(*, project: UUID) -> Job:
    """Have the waiting cases looked at for urgent findings."""
    return _once(URGENCY, project)


def blind_request(*, project: UUID) -> Job:
    """Have the waiting cases made blind that now are to be."""
    return _once(BLIND, project)


def worth_request(*, project: UUID) -> Job:
    """Have a report made of what selection is worth."""
    return _once(WORTH, project)


def worth_jobs(project: UUID) -> QuerySet[Job]:
    """Every job that makes such a report of a project, or made one, newest first."""
    return Job.objects.filter(kind=WORTH, project_id=project).order_by("-created_at")


def _once(kind: str, project: UUID) -> Job:
    return job_enqueue_once(kind=kind, project=project, of=project)
