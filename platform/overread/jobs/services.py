"""Everything that writes to the job table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from overread import rows
from overread.accounts.models import User
from overread.audit.services import event_append
from overread.jobs.bell import RINGS_AT_ONCE, bell, ring
from overread.jobs.models import Job, State
from overread.jobs.registry import KINDS, QUEUES, Queue, named

RING_AGAIN = timedelta(seconds=15)
LAPSED = "The worker stopped without a word (its lease ran out)."
CANCELLED = "Cancelled."


class LeaseLost(Exception):
    """Another worker holds this job now, or it was cancelled: nothing may be written for it."""


def ring_on_commit(jobs: list[Job]) -> None:
    """Ring for the first few after the commit; a worker that wakes goes on with the rest by itself."""
    summons = [(job.pk, job.queue) for job in jobs[:RINGS_AT_ONCE]]
    transaction.on_commit(lambda: bell.ring(summons), robust=True)


@transaction.atomic(savepoint=False)
def job_enqueue(
    *,
    kind: str,
    key: str,
    project: UUID | None = None,
    requested_by: User | None = None,
    delay: timedelta = timedelta(0),
    queue: Queue | None = None,
    **arguments: Any,
) -> Job:
    """The job with this key, made on first call, in the caller's transaction; its bell rings after the commit.

    `queue` replaces the kind's own: work that somebody waits for at a screen is interactive.
    """
    spec = KINDS[kind]
    now = timezone.now()
    job = Job(
        key=key,
        kind=kind,
        queue=queue or spec.queue,
        attempts_max=spec.attempts,
        arguments=_plain(arguments),
        run_after=now + delay,
        project_id=project,
        requested_by=requested_by,
        rung_at=None if delay else now,
    )
    if not rows.insert(job):
        return Job.objects.get(key=key)
    if not delay:
        ring_on_commit([job])
    return job


@transaction.atomic
def job_enqueue_once(*, kind: str, project: UUID, delay: timedelta = timedelta(0), **arguments: Any) -> Job:
    """A job of this kind for the project that starts after this transaction: the one already waiting, or a new one.

    The waiting one is locked, so that no worker takes it before the changes it is to see are committed.
    """
    waiting = Job.objects.select_for_update().filter(kind=kind, project_id=project, state=State.QUEUED).first()
    return waiting or job_enqueue(
        kind=kind, key=f"{kind}:{project}:{uuid4()}", project=project, delay=delay, **arguments
    )


def _plain(arguments: Mapping[str, object]) -> dict[str, object]:
    """Arguments as JSON holds them: a UUID as its text."""
    return {name: str(value) if isinstance(value, UUID) else value for name, value in arguments.items()}


def job_claim(*, pk: UUID, worker: str) -> Job | None:
    """Take one job by conditional update, or None when somebody else has it, it is not due, or it is over."""
    now = timezone.now()
    lease = now + timedelta(seconds=settings.JOB_LEASE_SECONDS)
    due = Job.objects.filter(pk=pk, state=State.QUEUED, run_after__lte=now)
    with transaction.atomic():
        taken = due.update(
            state=State.RUNNING,
            attempts=F("attempts") + 1,
            token=F("token") + 1,
            worker=worker,
            lease_until=lease,
            started_at=now,
            error="",
        )
        return Job.objects.get(pk=pk) if taken else None


def job_claim_next(*, queue: str, worker: str) -> Job | None:
    """Take the oldest due job of a queue. O(log n)."""
    for _ in range(20):
        due = Job.objects.filter(state=State.QUEUED, queue=queue, run_after__lte=timezone.now())
        pk = due.order_by("run_after", "created_at").values_list("pk", flat=True).first()
        if pk is None:
            return None
        if job := job_claim(pk=pk, worker=worker):
            return job
    return None  # a crowd; the reaper rings again


def job_heartbeat(*, pk: UUID, token: int) -> bool:
    """Prolong a lease. False when it is no longer held."""
    lease = timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
    return bool(Job.objects.filter(pk=pk, token=token, state=State.RUNNING).update(lease_until=lease))


def job_progress(*, pk: UUID, token: int, progress: Mapping[str, object]) -> None:
    """Say how far the work is. Raises LeaseLost when it is no longer ours."""
    if not Job.objects.filter(pk=pk, token=token, state=State.RUNNING).update(progress=progress):
        raise LeaseLost(f"job {pk}")


def job_finish(*, pk: UUID, token: int) -> None:
    """Mark the job done, in the transaction of its effects. Raises LeaseLost, which rolls them back."""
    if not connection.in_atomic_block:
        raise RuntimeError("A job is finished in the transaction of its effects.")
    done = Job.objects.filter(pk=pk, token=token, state=State.RUNNING).update(
        state=State.DONE, lease_until=None, finished_at=timezone.now(), error=""
    )
    if not done:
        raise LeaseLost(f"job {pk}")


@transaction.atomic
def job_release(*, pk: UUID, token: int) -> None:
    """Put a job back as if it had not been begun; what it kept on disk for its next attempt stays.

    The reaper rings for it: a bell rung now would be heard by the very worker that is about to end.
    """
    job = Job.objects.select_for_update().filter(pk=pk, token=token, state=State.RUNNING).first()
    if job:
        job.state = State.QUEUED
        job.attempts -= 1
        job.lease_until = None
        job.rung_at = None
        job.save()


@transaction.atomic
def job_fail(*, pk: UUID, token: int, error: str, final: bool = False) -> None:
    """Put a failed job back with a growing pause, or declare it dead after its last attempt."""
    if job := Job.objects.select_for_update().filter(pk=pk, token=token, state=State.RUNNING).first():
        _fail(job, error, final)


def _fail(job: Job, error: str, final: bool = False) -> None:
    job.error = error[:4000]
    job.lease_until = None
    job.rung_at = None
    if final or job.attempts >= job.attempts_max:
        job.state = State.DEAD
        job.finished_at = timezone.now()
        event_append(verb="job.die", target=job, project=job.project_id, kind=job.kind)
        _give_up(job)
    else:
        job.state = State.QUEUED
        job.run_after = timezone.now() + timedelta(seconds=2**job.attempts)
    job.save()


def _give_up(job: Job) -> None:
    """Tell whoever relied on this job that it will not be done. An error there is added to the job's own."""
    kind = KINDS.get(job.kind)
    if kind is None or kind.on_death is None:
        return
    try:
        with transaction.atomic():
            kind.on_death(job)
    except Exception as error:  # noqa: BLE001  (the border that records it)
        job.error = f"{job.error}\n{named(kind.on_death)}: {type(error).__name__}: {error}"[:4000]


@transaction.atomic
def job_cancel(*, job: Job, actor: User | None) -> bool:
    """Cancel what has not finished; a worker that runs it finds its lease lost. False when it was over already."""
    active = Job.objects.select_for_update().filter(pk=job.pk, state__in=[State.QUEUED, State.RUNNING]).first()
    if active is None:
        return False
    active.state = State.CANCELLED
    active.error = CANCELLED
    active.lease_until = None
    active.finished_at = timezone.now()
    _give_up(active)
    active.save()
    event_append(verb="job.cancel", actor=actor, target=active, project=active.project_id)
    return True


@transaction.atomic
def job_retry(*, job: Job, actor: User | None) -> bool:
    """Give a dead or cancelled job its attempts back. False when it is neither."""
    again = Job.objects.filter(pk=job.pk, state__in=[State.DEAD, State.CANCELLED]).update(
        state=State.QUEUED, attempts=0, run_after=timezone.now(), rung_at=timezone.now(), finished_at=None, error=""
    )
    if again:
        event_append(verb="job.retry", actor=actor, target=job, project=job.project_id)
        ring_on_commit([job])
    return bool(again)


def jobs_retry_of(*, image: UUID, project: UUID, actor: User) -> int:
    """Give the dead jobs of an image in a project their attempts back. Returns how many.

    Those of a shared kind are among them whichever project they were enqueued for.
    """
    shared = [kind.name for kind in KINDS.values() if kind.shared]
    wanted = Q(project_id=project) | Q(kind__in=shared)
    dead = Job.objects.filter(wanted, state=State.DEAD, arguments__image=str(image))
    return sum(job_retry(job=job, actor=actor) for job in dead)


def jobs_reap() -> int:
    """Put back jobs whose lease ran out; ring again for due jobs that nobody has taken. Returns how many were put back."""
    lapsed = Job.objects.filter(state=State.RUNNING, lease_until__lt=timezone.now()).values_list("pk", flat=True)
    count = sum([_reap(pk) for pk in lapsed[:200]])
    silent = [(pk, queue) for queue in QUEUES for pk in _unheard(queue, anew=count > 0)]
    Job.objects.filter(pk__in=[pk for pk, _ in silent]).update(rung_at=timezone.now())
    ring(silent)
    return count


@transaction.atomic
def _reap(pk: UUID) -> bool:
    """False when a late heartbeat, or another reaper, was quicker."""
    lapsed = Job.objects.select_for_update().filter(pk=pk, state=State.RUNNING, lease_until__lt=timezone.now()).first()
    if lapsed:
        _fail(lapsed, LAPSED)
    return lapsed is not None


def _unheard(queue: str, *, anew: bool) -> list[UUID]:
    """The first due jobs of a queue, those rung for a moment ago left out unless `anew`."""
    now = timezone.now()
    due = Job.objects.filter(state=State.QUEUED, queue=queue, run_after__lte=now).order_by("run_after")
    first = due.values_list("pk", "rung_at")[:RINGS_AT_ONCE]
    return [pk for pk, rung in first if anew or not rung or rung < now - RING_AGAIN]
