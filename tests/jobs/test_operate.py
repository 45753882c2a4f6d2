"""What an operator may do to a job, and what they see."""

from uuid import UUID

import pytest

from overread.audit.models import Event
from overread.jobs.bell import bell
from overread.jobs.models import Job, State
from overread.jobs.queries import jobs_newest, jobs_summary, workers_alive
from overread.jobs.services import job_cancel, job_fail, job_retry
from tests.factories import make_user
from tests.jobs.conftest import claim, make_job

pytestmark = pytest.mark.django_db


def killed() -> Job:
    job = claim(make_job("tests.stumble"))
    job_fail(pk=job.pk, token=job.token, error="The film is torn.", final=True)
    return Job.objects.get(pk=job.pk)


def test_what_waits_or_runs_can_be_cancelled() -> None:
    waiting, running, actor = make_job(), claim(make_job()), make_user()
    assert job_cancel(job=waiting, actor=actor) and job_cancel(job=running, actor=actor)
    assert set(Job.objects.values_list("state", "error", "lease_until")) == {(State.CANCELLED, "Cancelled.", None)}
    assert Event.objects.filter(verb="job.cancel", actor=actor).count() == 2


def test_what_is_over_cannot_be_cancelled() -> None:
    job = killed()
    assert not job_cancel(job=job, actor=None)
    assert Job.objects.get().state == State.DEAD


def test_who_counted_on_it_is_told_that_it_is_cancelled() -> None:
    job = make_job("tests.stumble")
    job_cancel(job=job, actor=None)
    assert Event.objects.get(verb="tests.mourn", target_id=job.pk).detail == {"error": "Cancelled."}


def test_a_dead_job_gets_its_attempts_back(bells: list[UUID], django_capture_on_commit_callbacks) -> None:
    job, actor = killed(), make_user()
    with django_capture_on_commit_callbacks(execute=True):
        assert job_retry(job=job, actor=actor)
    bell.settle()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error, job.finished_at) == (State.QUEUED, 0, "", None)
    assert bells == [job.pk] and Event.objects.filter(verb="job.retry", actor=actor).exists()


def test_a_retried_job_has_a_new_token() -> None:
    """The worker that ran it when it was cancelled still has the old one."""
    first = claim(make_job())
    job_cancel(job=first, actor=None)
    job_retry(job=first, actor=None)
    assert claim(first).token == first.token + 1


def test_what_runs_cannot_be_retried() -> None:
    assert not job_retry(job=claim(make_job()), actor=None)


def test_the_newest_come_first_and_can_be_filtered() -> None:
    dead, waiting = killed(), make_job()
    assert list(jobs_newest()) == [waiting, dead]
    assert list(jobs_newest(state=State.DEAD)) == list(jobs_newest(kind="tests.stumble")) == [dead]


def test_the_summary_counts_by_queue_and_state() -> None:
    for _ in range(2):
        make_job()
    claim(make_job(queue="interactive"))
    counts = {(row["queue"], row["state"]): row["count"] for row in jobs_summary()}
    assert counts == {("io", "queued"): 2, ("interactive", "running"): 1}


def test_workers_that_hold_a_lease_are_alive() -> None:
    for worker in ("first", "second", "second"):
        claim(make_job(), worker)
    assert workers_alive() == 2
