"""Who gets which job."""

from datetime import timedelta

import pytest
from django.utils import timezone

from overread.jobs.models import Job, State
from overread.jobs.services import job_claim, job_claim_next
from tests.jobs.conftest import claim, make_job

pytestmark = pytest.mark.django_db


def test_a_claim_takes_the_job_with_a_lease_and_a_new_token() -> None:
    job = claim(make_job(), "first")
    assert (job.state, job.worker, job.attempts, job.token) == (State.RUNNING, "first", 1, 1)
    assert job.lease_until > timezone.now() and job.started_at


def test_what_is_taken_is_not_given_again() -> None:
    job = make_job()
    claim(job)
    assert job_claim(pk=job.pk, worker="second") is None
    assert Job.objects.get().worker == "worker"


@pytest.mark.parametrize("state", [State.DONE, State.DEAD, State.CANCELLED])
def test_what_is_over_is_not_given(state: State) -> None:
    job = make_job()
    Job.objects.update(state=state)
    assert job_claim(pk=job.pk, worker="late") is None


def test_a_claim_forgets_the_last_error() -> None:
    job = make_job()
    Job.objects.update(error="The film is torn.")
    assert claim(job).error == ""


def test_the_one_that_was_due_first_comes_first() -> None:
    later, sooner = make_job(), make_job()
    Job.objects.filter(pk=sooner.pk).update(run_after=timezone.now() - timedelta(hours=1))
    taken = [job_claim_next(queue="io", worker="worker").pk for _ in range(2)]
    assert taken == [sooner.pk, later.pk]


def test_what_is_not_due_yet_waits() -> None:
    make_job(delay=timedelta(minutes=1))
    assert job_claim_next(queue="io", worker="worker") is None


def test_each_queue_has_its_own_jobs() -> None:
    make_job(queue="interactive")
    assert job_claim_next(queue="io", worker="worker") is None
    assert job_claim_next(queue="interactive", worker="worker") is not None
