"""What a worker may write, and until when."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from overread.audit.services import event_append
from overread.jobs.models import Job, State
from overread.jobs.running import Lease
from overread.jobs.services import LeaseLost, job_cancel, job_finish, job_heartbeat, job_progress, jobs_reap
from tests.jobs.conftest import claim, make_job, notes


@pytest.fixture
def job(db: None) -> Job:
    """A job in this worker's hands."""
    return claim(make_job())


def lose(job: Job) -> None:
    """The worker is thought dead, and another has taken its job."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs_reap()
    Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
    claim(job, "another")


def test_a_heartbeat_prolongs_the_lease(job: Job) -> None:
    assert job_heartbeat(pk=job.pk, token=job.token)
    assert Job.objects.get().lease_until > job.lease_until


def test_a_lost_lease_is_not_prolonged(job: Job) -> None:
    lose(job)
    held = Job.objects.get().lease_until
    assert not job_heartbeat(pk=job.pk, token=job.token)
    assert Job.objects.get().lease_until == held


def test_progress_is_kept(job: Job) -> None:
    Lease(job).progress(epoch=3, of=10)
    assert Job.objects.get().progress == {"epoch": 3, "of": 10}


def test_progress_without_the_lease_is_refused(job: Job) -> None:
    lose(job)
    with pytest.raises(LeaseLost):
        job_progress(pk=job.pk, token=job.token, progress={"epoch": 4})
    assert Job.objects.get().progress == {}


def test_effects_and_state_are_written_together(job: Job) -> None:
    with Lease(job).finishing():
        event_append(verb="tests.note", target=job)
    job.refresh_from_db()
    assert (job.state, job.lease_until, notes(job)) == (State.DONE, None, 1) and job.finished_at


def test_a_worker_thought_dead_that_comes_back_writes_nothing(job: Job) -> None:
    lose(job)
    with pytest.raises(LeaseLost), Lease(job).finishing():
        event_append(verb="tests.note", target=job)
    job.refresh_from_db()
    assert (job.state, job.worker, job.token, notes(job)) == (State.RUNNING, "another", 2, 0)


def test_the_work_of_a_cancelled_job_is_not_written(job: Job) -> None:
    job_cancel(job=job, actor=None)
    with pytest.raises(LeaseLost), Lease(job).finishing():
        event_append(verb="tests.note", target=job)
    job.refresh_from_db()
    assert (job.state, notes(job)) == (State.CANCELLED, 0)


def test_a_cancelled_job_learns_of_it_by_its_progress(job: Job) -> None:
    job_cancel(job=job, actor=None)
    with pytest.raises(LeaseLost):
        Lease(job).progress(epoch=4)


def test_work_is_finished_once(job: Job) -> None:
    with Lease(job).finishing():
        event_append(verb="tests.note", target=job)
    with pytest.raises(LeaseLost), Lease(job).finishing():
        event_append(verb="tests.note", target=job)
    assert notes(job) == 1


@pytest.mark.django_db(transaction=True)
def test_finishing_apart_from_the_effects_is_refused() -> None:
    assert not connection.in_atomic_block
    job = claim(make_job())
    with pytest.raises(RuntimeError, match="transaction of its effects"):
        job_finish(pk=job.pk, token=job.token)
    assert Job.objects.get().state == State.RUNNING
