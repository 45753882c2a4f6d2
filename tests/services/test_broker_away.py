"""The broker is away: work is accepted all the same, and nobody waits for a bell."""

import subprocess
import sys

import pytest

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
