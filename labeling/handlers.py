"""What the reading room's jobs do."""

from __future__ import annotations

from labeling.services.blinding import blind_mark
from labeling.services.labels import labels_refresh
from labeling.services.selection import queue_fill, queue_reorder
from labeling.services.urgency import urgency_mark
from labeling.services.worth.reporting import worth_report
from overread.archive.models import Image
from overread.jobs.running import Lease
from overread.projects.models import Project


def labels(job: Lease, *, image: str, of: str) -> None:
    with job.finishing():
        labels_refresh(project=Project.objects.get(pk=of), image=Image.objects.get(pk=image))


def fill(job: Lease, *, of: str) -> None:
    queue_fill(project=Project.objects.get(pk=of), lease=job)


def reorder(job: Lease, *, of: str) -> None:
    queue_reorder(project=Project.objects.get(pk=of), lease=job)


def blind(job: Lease, *, of: str) -> None:
    blind_mark(project=Project.objects.get(pk=of), lease=job)


def urgency(job: Lease, *, of: str) -> None:
    urgency_mark(project=Project.objects.get(pk=of), lease=job)


def worth(job: Lease, *, of: str) -> None:
    worth_report(project=Project.objects.get(pk=of), lease=job)
