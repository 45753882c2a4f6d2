"""What the reading room's jobs do. Scouts and strategies need scikit-learn: what does is imported by the handler."""

from __future__ import annotations

from uuid import UUID

from labeling.jobs import BLIND, FILL, LABELS, REORDER, SELECT_MERGE, SELECT_SHARD, URGENCY, WORTH
from labeling.services.draws import draw_give_up
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


@job(FILL, queue="interactive")
def fill(job: Lease, *, of: str) -> None:
    from labeling.services.selection import queue_fill
    from labeling.services.selection.parts import draw_begin

    project = Project.objects.get(pk=of)
    if not draw_begin(project=project, lease=job):
        queue_fill(project=project, lease=job)


@job(SELECT_SHARD, queue="interactive", on_death=draw_give_up)
def select_shard(job: Lease, *, part: int) -> None:
    from labeling.services.selection.parts import shard_select

    shard_select(part=part, lease=job)


@job(SELECT_MERGE, queue="interactive", on_death=draw_give_up)
def select_merge(job: Lease, *, draw: str) -> None:
    from labeling.services.selection.parts import shards_merge

    shards_merge(draw=UUID(draw), lease=job)


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
