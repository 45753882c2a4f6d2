"""The archive's jobs: their names, and how they are requested and found. What they do is in `handlers`."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from overread.jobs.models import Job
from overread.jobs.registry import Queue
from overread.jobs.services import job_enqueue

RENDER = "archive.render"


def queue_for(source: str) -> Queue | None:
    """Somebody waits for an upload; an import is bulk work."""
    if source == "import":
        return None
    return "interactive"


def render_request(*, image: UUID, project: UUID, source: str) -> Job:
    """Have a new image decoded."""
    queue = queue_for(source)
    return job_enqueue(kind=RENDER, key=f"{RENDER}:{image}", project=project, queue=queue, image=image)


def rerender_request(*, image: UUID) -> Job:
    """Have an image decoded again, by one job a day: a command that is restarted continues where it was."""
    key = f"{RENDER}:{image}:{timezone.now():%Y-%m-%d}"
    return job_enqueue(kind=RENDER, key=key, queue="io", image=image)


def render_jobs() -> QuerySet[Job]:
    """Every job that decodes an image, or did."""
    return Job.objects.filter(kind=RENDER)
