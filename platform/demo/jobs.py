"""The demo's jobs: how they are called and asked for. What they do is in `handlers`."""

from __future__ import annotations

from datetime import timedelta

from overread.jobs.models import Job
from overread.jobs.services import job_enqueue
from overread.projects.models import Project

FILMS = "demo.films"
JUDGE = "demo.judge"


def films_request(project: Project, first: int, delay: timedelta = timedelta(0)) -> Job:
    """Have some films drawn, from this place in their order on."""
    return job_enqueue(kind=FILMS, key=f"{FILMS}:{first}", project=project.pk, delay=delay, of=project.pk, first=first)


def judge_request(project: Project, look: int) -> Job:
    """Have the network judged, a moment from now: the last films may still be on their way to the archive."""
    key = f"{JUDGE}:{project.pk}:{look}"
    delay = timedelta(seconds=1)
    return job_enqueue(kind=JUDGE, key=key, project=project.pk, delay=delay, of=project.pk, look=look)
