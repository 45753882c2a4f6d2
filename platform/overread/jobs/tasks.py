"""The doorbell: Celery tasks that carry a job's id and nothing else."""

from __future__ import annotations

import logging
import signal
from uuid import UUID

from celery import shared_task

from overread.jobs import running, services
from overread.jobs.registry import EACH_MINUTE, named

log = logging.getLogger(__name__)


@shared_task(name="jobs.run")
def run(pk: str) -> None:
    """Do the job, and more of its queue. SIGTERM has a job that tells its progress give itself back at its next step."""
    running.shutdown.clear()
    idle = signal.signal(signal.SIGTERM, lambda *_: running.shutdown.set())
    try:
        running.run(UUID(pk))
    finally:
        signal.signal(signal.SIGTERM, idle)


@shared_task(name="jobs.reap")
def reap() -> None:
    services.jobs_reap()


@shared_task(name="jobs.tick")
def tick() -> None:
    for look in EACH_MINUTE:
        try:
            look()
        except Exception:  # noqa: BLE001  (the border that records it: the others have their turn all the same)
            log.exception("%s failed", named(look))
