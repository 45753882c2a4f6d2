"""How a worker does one job: it holds the lease, sends heartbeats, and commits effects and state together."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error, connection, transaction

from overread.jobs import services
from overread.jobs.models import Job, State
from overread.jobs.registry import KINDS

log = logging.getLogger(__name__)
DRAIN_SECONDS = 30
shutdown = threading.Event()
"""Set once this process has been asked to end: the job in hand goes back to its queue at its next step."""


class JobRefused(Exception):
    """The work can never succeed as asked; trying again is no use. The text is shown to the operator."""


class ShutdownRequested(Exception):
    """This process has been asked to end. The job goes back as it is, and the attempt does not count."""


class Lease:
    """What a handler holds while it works."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.token = job.token
        self.lost = threading.Event()

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """A transaction for the effects that also marks the job done. LeaseLost, and nothing written, if fenced out."""
        with transaction.atomic():
            yield
            services.job_finish(pk=self.job.pk, token=self.token)

    def progress(self, **progress: Any) -> None:
        """Say how far the work is. Here a cancelled job stops (LeaseLost), and so does one whose process is to end
        (ShutdownRequested).
        """
        services.job_progress(pk=self.job.pk, token=self.token, progress=progress)
        if shutdown.is_set():
            raise ShutdownRequested

    def should_stop(self) -> bool:
        """Whether to stop where the work is: the lease is lost, or this process has been asked to end."""
        return self.lost.is_set() or shutdown.is_set()

    def beat(self) -> None:
        if not services.job_heartbeat(pk=self.job.pk, token=self.token):
            self.lost.set()


@contextmanager
def heartbeat(lease: Lease) -> Iterator[None]:
    """Prolong the lease from a thread of its own, at a third of its length, until the work is over."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(settings.JOB_LEASE_SECONDS / 3) and not lease.lost.is_set():
            try:
                lease.beat()
            except Error as error:  # the next beat may get through; if none does, the lease runs out as it should
                log.warning("heartbeat of job %s failed: %s", lease.job.pk, type(error).__name__)
                connection.close()
        connection.close()

    thread = threading.Thread(target=beat, name=f"heartbeat-{lease.job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def work(job: Job) -> None:
    """Do one claimed job. An error is written to its row, not raised."""
    lease = Lease(job)
    try:
        with heartbeat(lease):  # around the imports, too: on a busy machine those of a cold worker may outlast a lease
            KINDS[job.kind].handler(lease, **job.arguments)
        if Job.objects.filter(pk=job.pk, token=lease.token, state=State.RUNNING).exists():
            raise RuntimeError(f"The handler of {job.kind} returned without finishing its job.")
    except services.LeaseLost:
        log.info("job %s (%s): lease lost, nothing written", job.pk, job.kind)
    except ShutdownRequested:
        services.job_release(pk=job.pk, token=lease.token)
    except JobRefused as refusal:
        services.job_fail(pk=job.pk, token=lease.token, error=str(refusal), final=True)
    except Exception as error:  # noqa: BLE001  (the border that records it)
        log.exception("job %s (%s) failed", job.pk, job.kind)
        services.job_fail(pk=job.pk, token=lease.token, error=f"{type(error).__name__}: {error}")


def worker_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


def run(pk: UUID) -> None:
    """Answer a bell: do that job, then go on with what waits in its queue, for a while."""
    job = services.job_claim(pk=pk, worker=worker_name())
    if job:
        queue: str | None = job.queue
    else:
        queue = Job.objects.filter(pk=pk).values_list("queue", flat=True).first()
    until = time.monotonic() + DRAIN_SECONDS
    while queue and (job or time.monotonic() < until):
        if job:
            work(job)
        if shutdown.is_set() or time.monotonic() >= until:
            break
        job = _next(queue)
        if job is None:
            break


def _next(queue: str) -> Job | None:
    """What to do after a job of this queue: work that somebody waits for at a screen comes before bulk work."""
    before = ("interactive",) if queue in ("io", "inference") else ()
    claims = (services.job_claim_next(queue=each, worker=worker_name()) for each in (*before, queue))
    return next((job for job in claims if job), None)


def run_all(*, queues: tuple[str, ...] = ("interactive", "io", "inference", "training"), limit: int = 100_000) -> int:
    """Do every job that is due, in this process, until none is left: for commands and tests. Returns how many."""
    done = 0
    while done < limit:
        job = next(
            (job for queue in queues if (job := services.job_claim_next(queue=queue, worker=worker_name()))), None
        )
        if job is None:
            break
        work(job)
        done += 1
    return done
