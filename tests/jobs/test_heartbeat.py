"""The thread that holds a lease while the work goes on."""

import threading
from typing import Any

import pytest
from django.db import connection

from overread.jobs.models import Job, State
from overread.jobs.running import Lease, heartbeat, run_all
from overread.jobs.services import job_cancel
from tests.jobs.conftest import claim, make_job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lease(settings) -> Lease:
    settings.JOB_LEASE_SECONDS = 0.3
    return Lease(claim(make_job()))


def beaten(lease: Lease) -> bool:
    """Whether the lease is prolonged once more, within a minute."""
    known = Job.objects.values_list("lease_until", flat=True).get()
    pause = threading.Event()
    return any(Job.objects.get().lease_until > known or pause.wait(0.05) for _ in range(1200))


def test_the_lease_is_prolonged_while_the_work_goes_on(lease: Lease) -> None:
    with heartbeat(lease):
        assert beaten(lease) and beaten(lease)
    assert not lease.lost.is_set()


def test_it_ends_with_the_work(lease: Lease) -> None:
    with heartbeat(lease):
        pass
    assert f"heartbeat-{lease.job.pk}" not in {thread.name for thread in threading.enumerate()}


def test_a_lost_lease_is_noticed(lease: Lease) -> None:
    with heartbeat(lease):
        job_cancel(job=lease.job, actor=None)
        assert lease.lost.wait(60)


@pytest.mark.postgresql  # SQLite has no connection that could break
def test_a_connection_that_broke_is_made_anew(lease: Lease) -> None:
    with heartbeat(lease):
        assert beaten(lease)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 1
        assert beaten(lease) and beaten(lease)


def test_it_beats_while_the_handler_imports_what_it_needs(settings: Any) -> None:
    settings.JOB_LEASE_SECONDS = 0.3
    job = make_job("tests.slow")
    assert run_all() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == (State.DONE, 1, "")
