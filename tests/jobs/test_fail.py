"""What becomes of work that goes wrong."""

from datetime import timedelta

import pytest
from django.utils import timezone

from overread.audit.models import Event
from overread.jobs.models import Job, State
from overread.jobs.registry import KINDS
from overread.jobs.running import work
from overread.jobs.services import job_fail
from tests.jobs.conftest import claim, make_job, notes

pytestmark = pytest.mark.django_db


def tried(kind: str, times: int = 1) -> Job:
    """A job of this kind after so many attempts."""
    job = make_job(kind)
    for _ in range(times):
        Job.objects.update(run_after=timezone.now())
        work(claim(job))
    job.refresh_from_db()
    return job


def test_what_goes_wrong_is_told_and_leaves_nothing_behind() -> None:
    job = tried("tests.stumble")
    assert (job.state, job.error, job.lease_until) == (State.QUEUED, "ValueError: The film is torn.", None)
    assert notes(job) == 0


def test_the_pause_grows() -> None:
    begun = timezone.now()
    first = tried("tests.forget").run_after
    second = tried("tests.forget", 2).run_after
    assert first >= begun + timedelta(seconds=2) and second >= begun + timedelta(seconds=4)


def test_after_the_last_attempt_it_is_dead() -> None:
    job = tried("tests.stumble", 2)
    assert (job.state, job.attempts) == (State.DEAD, 2) and job.finished_at
    assert Event.objects.filter(verb="job.die", target_id=job.pk).count() == 1


def test_who_counted_on_it_is_told_of_its_death() -> None:
    tried("tests.stumble")
    assert not Event.objects.filter(verb="tests.mourn").exists()
    job = tried("tests.stumble", 2)
    assert Event.objects.get(verb="tests.mourn", target_id=job.pk).detail == {"error": "ValueError: The film is torn."}


def test_what_can_never_succeed_is_dead_at_once() -> None:
    job = tried("tests.refuse")
    assert (job.state, job.error, job.attempts) == (State.DEAD, "There is no such film.", 1)


def test_a_handler_that_forgets_to_finish_is_found_out() -> None:
    job = tried("tests.forget")
    assert job.state == State.QUEUED and "returned without finishing" in job.error


def test_a_mourner_that_fails_keeps_no_job_from_dying() -> None:
    job = tried("tests.grief")
    assert job.state == State.DEAD
    assert "The film is torn." in job.error and "There is nobody to tell." in job.error
    assert not Event.objects.filter(verb="tests.mourn").exists()


def test_a_kind_that_is_no_more_is_dead_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    job = make_job()
    monkeypatch.delitem(KINDS, "tests.note")
    Job.objects.update(attempts_max=1)
    work(claim(job))
    job.refresh_from_db()
    assert job.state == State.DEAD and "tests.note" in job.error


def test_who_lost_the_lease_cannot_fail_the_job() -> None:
    job = claim(make_job())
    job_fail(pk=job.pk, token=job.token - 1, error="stale")
    assert Job.objects.get().state == State.RUNNING


def test_a_long_error_is_cut() -> None:
    job = claim(make_job())
    job_fail(pk=job.pk, token=job.token, error="x" * 10_000)
    assert len(Job.objects.get().error) == 4000
