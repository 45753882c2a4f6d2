"""Nothing is lost: leases that ran out, and bells that nobody heard."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from overread.audit.models import Event
from overread.jobs.models import Job, State
from overread.jobs.registry import KINDS
from overread.jobs.services import jobs_reap
from tests.jobs.conftest import claim, make_job

pytestmark = pytest.mark.django_db


def lapse() -> None:
    Job.objects.filter(state=State.RUNNING).update(lease_until=timezone.now() - timedelta(seconds=1))


def unheard(job: Job, **ago: int) -> None:
    Job.objects.filter(pk=job.pk).update(rung_at=timezone.now() - timedelta(**ago))


def test_a_job_whose_worker_died_is_put_back() -> None:
    job = claim(make_job())
    lapse()
    assert jobs_reap() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_until) == (State.QUEUED, 1, None) and "without a word" in job.error


def test_a_job_whose_worker_lives_is_left_alone() -> None:
    claim(make_job())
    assert jobs_reap() == 0
    assert Job.objects.get().state == State.RUNNING


def test_a_job_that_kills_every_worker_is_dead_in_the_end() -> None:
    job = make_job("tests.stumble")
    for _ in range(2):
        Job.objects.update(run_after=timezone.now())
        claim(job)
        lapse()
        jobs_reap()
    assert Job.objects.get().state == State.DEAD
    assert Event.objects.filter(verb="tests.mourn", target_id=job.pk).exists()


def test_one_that_cannot_be_put_back_keeps_none_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    gone, grief, job = claim(make_job()), claim(make_job("tests.grief")), claim(make_job("tests.forget"))
    monkeypatch.delitem(KINDS, "tests.note")
    Job.objects.filter(pk=gone.pk).update(attempts_max=1)
    lapse()
    assert jobs_reap() == 3
    assert set(Job.objects.values_list("pk", "state")) == {
        (gone.pk, State.DEAD),
        (grief.pk, State.DEAD),
        (job.pk, State.QUEUED),
    }


def test_a_bell_nobody_heard_rings_again(bells: list[UUID]) -> None:
    job = make_job()
    unheard(job, minutes=1)
    jobs_reap()
    assert bells == [job.pk]
    jobs_reap()
    assert bells == [job.pk]  # a moment later it has just been rung for


def test_the_reaper_leaves_a_bell_time_to_be_heard(bells: list[UUID]) -> None:
    unheard(make_job(), seconds=1)
    jobs_reap()
    assert bells == []


def test_a_delayed_job_is_rung_for_when_it_is_due(bells: list[UUID]) -> None:
    job = make_job(delay=timedelta(minutes=1))
    jobs_reap()
    assert bells == []
    Job.objects.update(run_after=timezone.now())
    jobs_reap()
    assert bells == [job.pk]


def test_a_job_put_back_is_rung_for_when_its_pause_is_over(bells: list[UUID]) -> None:
    job = claim(make_job())
    lapse()
    jobs_reap()
    assert bells == []
    Job.objects.update(run_after=timezone.now())
    jobs_reap()
    assert bells == [job.pk]


def test_a_worker_that_died_has_the_others_rung_for_at_once(bells: list[UUID]) -> None:
    claim(make_job())
    waiting = make_job()
    lapse()
    jobs_reap()
    assert bells == [waiting.pk]


def test_a_few_bells_wake_each_queue(bells: list[UUID]) -> None:
    jobs = [make_job(queue=queue) for queue in ("io", "training") for _ in range(12)]
    for job in jobs:
        unheard(job, minutes=1)
    jobs_reap()
    assert sorted(Job.objects.get(pk=pk).queue for pk in bells) == ["io"] * 8 + ["training"] * 8
