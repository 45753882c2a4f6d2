from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from celery.signals import after_task_publish

from overread.audit.models import Event
from overread.jobs.models import Job
from overread.jobs.registry import KINDS, JobKind
from overread.jobs.services import job_claim, job_enqueue
from tests.jobs import handlers

OURS = (
    JobKind("tests.note", "io", handlers.note),
    JobKind("tests.stumble", "io", handlers.stumble, 2, handlers.mourn),
    JobKind("tests.step", "io", handlers.step),
    JobKind("tests.forget", "io", handlers.forget),
    JobKind("tests.refuse", "io", handlers.refuse, 3, handlers.mourn),
    JobKind("tests.grief", "io", handlers.stumble, 1, handlers.mourn_badly),
    JobKind("tests.slow", "io", handlers.slow),
)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds of job for these tests alone."""
    for kind in OURS:
        monkeypatch.setitem(KINDS, kind.name, kind)


@pytest.fixture
def bells() -> Iterator[list[UUID]]:
    """The jobs that this process rings for, in order, while the test runs."""
    heard: list[UUID] = []

    def hear(body: Any, **_: Any) -> None:
        heard.append(UUID(body[0][0]))

    after_task_publish.connect(hear, weak=False)
    yield heard
    after_task_publish.disconnect(hear)


def make_job(kind: str = "tests.note", **fields: Any) -> Job:
    return job_enqueue(kind=kind, key=str(uuid4()), **fields)


def claim(job: Job, worker: str = "worker") -> Job:
    claimed = job_claim(pk=job.pk, worker=worker)
    assert claimed is not None
    return claimed


def notes(job: Job) -> int:
    """How often the work of `tests.note` or `tests.stumble` was done for this job."""
    return Event.objects.filter(verb="tests.note", target_id=job.pk).count()
