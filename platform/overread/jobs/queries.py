"""Reads of the job table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils import timezone

from overread.jobs.models import Job, State


def jobs_summary() -> list[Any]:
    """Per queue and state: how many, and since when the oldest waits."""
    return list(
        Job.objects.values("queue", "state")
        .annotate(count=Count("pk"), oldest=Min("run_after"))
        .order_by("queue", "state")
    )


def jobs_newest(*, state: str = "", kind: str = "") -> QuerySet[Job]:
    """Jobs, newest first, filtered where asked."""
    jobs = Job.objects.select_related("requested_by").order_by("-created_at")
    if state:
        jobs = jobs.filter(state=state)
    if kind:
        jobs = jobs.filter(kind=kind)
    return jobs


def workers_alive() -> int:
    """How many workers did something, or held a lease, in the last two minutes."""
    recent = timezone.now() - timedelta(minutes=2)
    active = Job.objects.filter(started_at__gt=recent) | Job.objects.filter(
        state=State.RUNNING, lease_until__gt=timezone.now()
    )
    return active.values("worker").distinct().count()
