"""What the reading room's jobs do.

Scouts and strategies need scikit-learn, so the handlers that use them import them when they run.
"""

from __future__ import annotations

from labeling.jobs import BLIND, FILL, LABELS, REORDER, URGENCY, WITHDRAW, WORTH
from labeling.models import LabelImport
from labeling.services.imports import withdrawn_labels_refresh
from labeling.services.labels import labels_refresh
from labeling.services.worth import worths_due
from overread.archive.models import Image
from overread.jobs.registry import each_minute, job
from overread.jobs.running import Lease
from overread.projects.models import Project


@job(LABELS, queue="interactive", attempts=8)
def labels(job: Lease, *, image: str, of: str) -> None:
    with job.finishing():
        labels_refresh(project=Project.objects.get(pk=of), image=Image.objects.get(pk=image))


@job(WITHDRAW, queue="io")
def withdraw(job: Lease, *, source: str) -> None:
    withdrawn_labels_refresh(source=LabelImport.objects.select_related("project").get(pk=source), lease=job)


@job(FILL, queue="interactive")
def fill(job: Lease, *, of: str) -> None:
    from labeling.services.selection import queue_fill

    queue_fill(project=Project.objects.get(pk=of), lease=job)


@job(REORDER, queue="interactive")
def reorder(job: Lease, *, of: str) -> None:
    from labeling.services.selection import queue_reorder

    queue_reorder(project=Project.objects.get(pk=of), lease=job)


@job(URGENCY, queue="interactive")
def urgency(job: Lease, *, of: str) -> None:
    from labeling.services.urgency import urgency_mark

    urgency_mark(project=Project.objects.get(pk=of), lease=job)


@job(BLIND, queue="interactive")
def blind(job: Lease, *, of: str) -> None:
    from labeling.services.blinding import blind_mark

    blind_mark(project=Project.objects.get(pk=of), lease=job)


@job(WORTH, queue="training")
def worth(job: Lease, *, of: str) -> None:
    from labeling.services.worth.reporting import worth_report

    worth_report(project=Project.objects.get(pk=of), lease=job)


@each_minute
def queues_look() -> None:
    from labeling.services.selection import queues_top_up

    queues_top_up()


each_minute(worths_due)
