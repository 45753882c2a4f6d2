"""How work comes into the table, and when its bell rings."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from overread.jobs.bell import bell
from overread.jobs.models import Job, State
from overread.jobs.services import job_claim, job_enqueue, job_enqueue_once
from tests.jobs.conftest import claim, make_job

pytestmark = pytest.mark.django_db


def test_a_job_waits_as_its_kind_says() -> None:
    image = uuid4()
    job = job_enqueue(kind="tests.stumble", key="a", image=image)
    assert (job.state, job.queue, job.attempts_max, job.token) == (State.QUEUED, "io", 2, 0)
    assert job.arguments == {"image": str(image)}


def test_what_somebody_waits_for_is_interactive() -> None:
    assert make_job(queue="interactive").queue == "interactive"


def test_the_same_key_is_the_same_job() -> None:
    first = job_enqueue(kind="tests.note", key="a", word="first")
    assert job_enqueue(kind="tests.note", key="a", word="second") == first
    assert Job.objects.get().arguments == {"word": "first"}


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(KeyError, match=r"tests\.nothing"):
        make_job("tests.nothing")


def test_the_bell_rings_after_the_commit(bells: list[UUID], django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = make_job()
        bell.settle()
        assert bells == []
    bell.settle()
    assert bells == [job.pk]


def test_a_job_that_exists_is_not_rung_for_again(bells: list[UUID], django_capture_on_commit_callbacks) -> None:
    job = make_job()
    with django_capture_on_commit_callbacks(execute=True):
        job_enqueue(kind="tests.note", key=job.key)
    bell.settle()
    assert bells == []


def test_what_is_rolled_back_leaves_neither_job_nor_bell(bells: list[UUID], django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(ZeroDivisionError), transaction.atomic():
        make_job()
        raise ZeroDivisionError
    bell.settle()
    assert bells == [] and not Job.objects.exists()


def test_a_delayed_job_is_neither_rung_for_nor_given(bells: list[UUID], django_capture_on_commit_callbacks) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = make_job(delay=timedelta(minutes=5))
    bell.settle()
    assert bells == [] and job.rung_at is None
    assert job_claim(pk=job.pk, worker="early") is None


def test_once_gives_the_job_that_waits() -> None:
    project = uuid4()
    first = job_enqueue_once(kind="tests.note", project=project)
    assert job_enqueue_once(kind="tests.note", project=project) == first


def test_once_gives_another_when_the_first_has_begun() -> None:
    """It may not have seen what this call is about."""
    project = uuid4()
    first = job_enqueue_once(kind="tests.note", project=project)
    claim(first)
    assert job_enqueue_once(kind="tests.note", project=project) != first


def test_once_is_once_per_project_and_kind() -> None:
    project = uuid4()
    first = job_enqueue_once(kind="tests.note", project=project)
    assert job_enqueue_once(kind="tests.note", project=uuid4()) != first
    assert job_enqueue_once(kind="tests.forget", project=project) != first
