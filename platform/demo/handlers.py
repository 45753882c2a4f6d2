"""What the demo's jobs do. Only they need the generator, so the handlers import it."""

from __future__ import annotations

from demo.jobs import FILMS, JUDGE
from overread.jobs.models import Job
from overread.jobs.registry import job
from overread.jobs.running import Lease
from overread.projects.models import Project


def go_on_without(job: Job) -> None:
    """Order the next job of the demo also where this one was given up."""
    from demo.loading import go_on

    go_on(job)


@job(FILMS, queue="io", on_death=go_on_without)
def films(job: Lease, *, of: str, first: int) -> None:
    from demo.loading import films_make

    films_make(project=Project.objects.get(pk=of), first=first, lease=job)


@job(JUDGE, queue="io", on_death=go_on_without)
def network(job: Lease, *, of: str, look: int) -> None:
    from demo.loading import network_judge

    network_judge(project=Project.objects.get(pk=of), look=look, lease=job)
