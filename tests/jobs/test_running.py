"""How a worker goes through its queue."""

from datetime import timedelta
from uuid import uuid4

import pytest

from overread.audit.models import Event
from overread.jobs.models import Job, State
from overread.jobs.running import run, run_all, shutdown
from overread.jobs.tasks import tick
from tests.jobs.conftest import claim, make_job, notes
from tests.jobs.handlers import tick as note_tick
from tests.jobs.handlers import tick_badly

pytestmark = pytest.mark.django_db


def words() -> list[str]:
    return [event.detail["word"] for event in Event.objects.filter(verb="tests.note").order_by("pk")]


def test_a_bell_is_answered_and_the_rest_of_the_queue_done_in_order() -> None:
    jobs = [make_job(word=word) for word in ("first", "second", "third")]
    run(jobs[2].pk)
    assert words() == ["third", "first", "second"]
    assert set(Job.objects.values_list("state", flat=True)) == {State.DONE}


def test_a_bell_for_a_job_that_is_taken_still_wakes_the_worker() -> None:
    taken, waiting = claim(make_job()), make_job(word="waiting")
    run(taken.pk)
    assert words() == ["waiting"] and notes(waiting) == 1


def test_a_bell_heard_twice_does_the_work_once() -> None:
    job = make_job()
    run(job.pk)
    run(job.pk)
    assert notes(job) == 1


def test_a_bell_for_a_job_nobody_knows_is_nothing() -> None:
    run(uuid4())


def test_who_waits_before_a_screen_comes_before_bulk_work() -> None:
    bulk = [make_job(word=word) for word in ("bulk", "more bulk")]
    make_job(word="screen", queue="interactive")
    run(bulk[0].pk)
    assert words() == ["bulk", "screen", "more bulk"]


def test_a_trainer_does_nothing_but_train() -> None:
    training, waiting = make_job(queue="training"), make_job(queue="interactive")
    run(training.pk)
    assert (notes(training), notes(waiting)) == (1, 0)


def test_one_that_fails_does_not_stop_the_others() -> None:
    failing, good = make_job("tests.stumble"), make_job()
    run(failing.pk)
    assert notes(good) == 1 and Job.objects.get(pk=failing.pk).state == State.QUEUED


def test_run_all_does_what_is_due_and_counts_it() -> None:
    for queue in ("io", "interactive", "training", "inference"):
        make_job(queue=queue)
    make_job(delay=timedelta(hours=1))
    assert run_all(limit=3) == 3
    assert run_all() == 1


def test_a_tick_that_fails_keeps_none_from_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overread.jobs.tasks.EACH_MINUTE", [tick_badly, note_tick])
    tick()
    assert Event.objects.filter(verb="tests.tick").exists()


def test_a_process_asked_to_end_gives_its_job_back_and_takes_no_other() -> None:
    jobs = [make_job("tests.step"), make_job("tests.step")]
    shutdown.set()
    try:
        run(jobs[0].pk)
    finally:
        shutdown.clear()
    states = Job.objects.values_list("state", "attempts", "lease_until", "error")
    assert list(states) == [(State.QUEUED, 0, None, "")] * 2
    assert run_all() == 2 and set(Job.objects.values_list("state", flat=True)) == {State.DONE}
