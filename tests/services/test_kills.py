"""Workers are killed, frozen and never told; every job is done, and done once."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from overread.audit.models import Event
from overread.jobs.models import Job, State
from overread.jobs.services import job_enqueue
from tests.services.conftest import bells_lose
from tests.services.house import House, kill, until

DATA = Path(settings.DATA)


def enqueue(count: int, first: int = 0) -> None:
    with transaction.atomic():
        for number in range(first, first + count):
            job_enqueue(kind="tests.count", key=f"count:{number}", number=number)


def counted() -> Counter[int]:
    """How often each number was counted."""
    return Counter(Event.objects.filter(verb="tests.count").values_list("detail__number", flat=True))


def done() -> int:
    return Job.objects.filter(state=State.DONE).count()


@pytest.fixture
def hold():
    """Have work from a number on go no further: hold(6, "inside"); hold(None, …) lets it go."""

    def at(number: int | None, where: str) -> None:
        (DATA / f"held-{where}").unlink(missing_ok=True)
        limit = DATA / f"from-{where}"
        limit.unlink(missing_ok=True) if number is None else limit.write_text(str(number))

    yield at
    at(None, "inside")
    at(None, "before")


def test_thirty_jobs_with_four_kills_of_the_whole_worker(house: House, hold) -> None:
    """Each kill falls inside transactions that have written and not committed."""
    enqueue(30)
    house.clock()
    for number in (6, 12, 18, 24):
        hold(number, "inside")
        worker = house.worker()
        until((DATA / "held-inside").exists, f"a job from {number} on is under way")
        kill(worker)
    hold(None, "inside")
    house.worker()
    until(lambda: done() == 30, "thirty jobs done")
    assert counted() == Counter(range(30))
    assert sum(Job.objects.values_list("token", flat=True)) >= 34  # as many were begun again as were killed


def test_a_frozen_worker_that_wakes_writes_nothing(house: House, hold) -> None:
    enqueue(1)
    hold(0, "before")
    frozen = house.worker(lease=600)  # no heartbeat falls into this test: on SQLite it could be frozen holding the lock
    until((DATA / "held-before").exists, "the job is under way")
    os.killpg(frozen.pid, signal.SIGSTOP)
    hold(None, "before")
    Job.objects.update(lease_until=timezone.now())
    house.clock()
    house.worker()
    until(lambda: done() == 1, "the job was done by another")
    os.killpg(frozen.pid, signal.SIGCONT)
    until(lambda: "lease lost, nothing written" in house.log.read_text(), "the frozen worker gives up")
    assert counted() == Counter([0])
    assert Job.objects.get().token == 2


def test_lost_messages_only_delay(house: House) -> None:
    enqueue(12)
    bells_lose()
    Job.objects.update(rung_at=timezone.now() - timedelta(minutes=1))
    house.clock()
    house.worker()
    until(lambda: done() == 12, "twelve jobs done")
    assert counted() == Counter(range(12))


@pytest.mark.long
@pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not installed")
def test_a_redis_that_comes_back_empty_only_delays(house: House) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    redis = house.start("redis-server", "--port", port, "--save", "")
    for start in (house.clock, house.worker):
        start(REDIS_URL=f"redis://127.0.0.1:{port}/0")
    for first in (0, 6):
        enqueue(6, first)
        Job.objects.filter(state=State.QUEUED).update(rung_at=None)
        until(lambda first=first: done() == first + 6, f"{first + 6} jobs done")
        kill(redis)
        redis = house.start("redis-server", "--port", port, "--save", "")
    assert counted() == Counter(range(12))
