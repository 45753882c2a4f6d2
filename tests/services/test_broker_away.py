"""The broker is away, or there and silent: work is accepted all the same, and nobody waits for a bell."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.utils import timezone

from overread.jobs.models import Job, State
from tests.services.house import ROOT, environment

ENQUEUE = """
import django; django.setup()
from overread.jobs.services import job_enqueue
print(job_enqueue(kind="tests.count", key="count:1", number=1).state)
"""


@pytest.mark.django_db(transaction=True)
def test_work_is_accepted_without_a_broker() -> None:
    nobody = "redis://127.0.0.1:9/0"  # the discard port
    done = subprocess.run(
        [sys.executable, "-c", ENQUEUE], cwd=ROOT, env=environment(REDIS_URL=nobody), capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "queued\n"), done.stderr
    assert Job.objects.get(key="count:1").state == State.QUEUED
    assert "the bell could not be rung" in done.stderr


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a Redis that takes every connection and says nothing, as a stopped one does."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    held.append(server.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        server.shutdown(socket.SHUT_RDWR)
    assert held, "Nobody asked it."
    for each in held:
        each.close()


ENQUEUE_AND_WAIT = ENQUEUE + "import sys; sys.stdout.flush(); sys.stdin.read()"


@pytest.mark.django_db(transaction=True)
def test_a_silent_broker_keeps_nobody_waiting(silent: str) -> None:
    """The job is accepted while the broker is silent, and the process comes to its end: the bell is given up."""
    with subprocess.Popen(
        [sys.executable, "-c", ENQUEUE_AND_WAIT],
        cwd=ROOT,
        env=environment(REDIS_URL=silent, PYTHONUNBUFFERED="1"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout and process.stdout.readline() == "queued\n"
            assert Job.objects.get(key="count:1").state == State.QUEUED
            _, told = process.communicate("", timeout=120)
        finally:
            process.kill()
    assert process.returncode == 0 and "the bell could not be rung" in told, told


@pytest.mark.django_db(transaction=True)
def test_a_silent_broker_does_not_keep_the_reaper(silent: str) -> None:
    """It rings by itself, in a worker that has more to do."""
    Job.objects.create(key="count:2", kind="tests.count", queue="io", run_after=timezone.now())
    reap = "import django; django.setup()\nfrom overread.jobs.services import jobs_reap\njobs_reap()"
    done = subprocess.run(
        [sys.executable, "-c", reap],
        cwd=ROOT,
        env=environment(REDIS_URL=silent),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Timeout reading from" in done.stderr.splitlines()[-1]
