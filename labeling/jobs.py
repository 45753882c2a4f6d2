"""The reading room's jobs: their names, and functions that request and find them. What they do is in `handlers`.

A job requested by `_once` starts after the caller's transaction, and is one job for all who request it meanwhile.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from labeling.models import LabelImport, Read
from overread.jobs.models import Job
from overread.jobs.services import job_enqueue, job_enqueue_once

LABELS = "labeling.labels"
FILL = "labeling.fill"
REORDER = "labeling.reorder"
URGENCY = "labeling.urgency"
BLIND = "labeling.blind"
WORTH = "labeling.worth"
WITHDRAW = "labeling.withdraw"


def labels_request(*, read: Read) -> Job:
    """Request that the labels of a read's image are derived again."""
    project = read.project_id
    return job_enqueue(kind=LABELS, key=f"labels:{read.pk}", project=project, image=read.image_id, of=project)


def withdrawal_request(*, source: LabelImport) -> Job:
    """Request that the labels of a withdrawn import's images are derived again."""
    return job_enqueue(kind=WITHDRAW, key=f"{WITHDRAW}:{source.pk}", project=source.project_id, source=source.pk)


def fill_request(*, project: UUID) -> Job:
    """Request that the queue is filled if it runs low."""
    return _once(FILL, project)


def reorder_request(*, project: UUID) -> Job:
    """Request that the queue is reordered."""
    return _once(REORDER, project)


def urgency_request(*, project: UUID) -> Job:
    """Request that the waiting cases are checked for urgent findings."""
    return _once(URGENCY, project)


def blind_request(*, project: UUID) -> Job:
    """Request that waiting cases become blind where the policy now says so."""
    return _once(BLIND, project)


def worth_request(*, project: UUID) -> Job:
    """Request a report on whether selection is worth it."""
    return _once(WORTH, project)


def worth_jobs(project: UUID) -> QuerySet[Job]:
    """The project's jobs that make or made such a report, newest first."""
    return Job.objects.filter(kind=WORTH, project_id=project).order_by("-created_at")


def _once(kind: str, project: UUID) -> Job:
    return job_enqueue_once(kind=kind, project=project, of=project)
