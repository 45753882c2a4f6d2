"""What the demo's jobs do."""

from __future__ import annotations

from demo import loading
from overread.jobs.running import Lease
from overread.projects.models import Project


def films(job: Lease, *, of: str, first: int) -> None:
    loading.films_make(project=Project.objects.get(pk=of), first=first, lease=job)


def network(job: Lease, *, of: str, look: int) -> None:
    loading.network_judge(project=Project.objects.get(pk=of), look=look, lease=job)
