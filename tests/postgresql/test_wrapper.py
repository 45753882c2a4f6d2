"""Idle connections, and statements that are planned once."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from overread.accounts.models import User
from overread.projects.models import Project
from overread.projects.queries import HELD
from tests.services.house import until

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def aside() -> Iterator[psycopg.Connection]:
    """Another session of the server."""
    connection.ensure_connection()
    info = connection.connection.info
    with psycopg.connect(
        host=info.host, port=info.port, user=info.user, dbname=info.dbname, autocommit=True
    ) as another:
        yield another


def pid() -> int:
    connection.ensure_connection()
    return int(connection.connection.info.backend_pid)


def test_a_session_that_the_server_has_ended_is_found_and_replaced(aside: psycopg.Connection) -> None:
    ended = pid()
    assert connection.is_usable()
    aside.execute("SELECT pg_terminate_backend(%s)", [ended])
    until(lambda: not connection.is_usable(), "the end of the session")
    connection.health_checks_enabled, connection.health_check_done = True, False  # as at the start of a request
    assert not Project.objects.exists() and pid() != ended


def test_a_look_at_an_idle_session_asks_the_server_nothing(aside: psycopg.Connection) -> None:
    Project.objects.exists()
    asked = "SELECT query FROM pg_stat_activity WHERE pid = %s"
    before = aside.execute(asked, [pid()]).fetchone()
    assert connection.is_usable()
    assert before is not None and "projects_project" in before[0]
    assert aside.execute(asked, [pid()]).fetchone() == before


def test_a_hot_statement_is_planned_once(reader: User, project: Project) -> None:
    for _ in range(10):
        assert [held[0] for held in HELD.rows(reader.pk, project.slug)] == [project]
        assert Project.objects.filter(slug=project.slug).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement, generic_plans + custom_plans FROM pg_prepared_statements")
        ((statement, runs),) = cursor.fetchall()
    assert "projects_membership" in statement and runs >= 5


def test_a_statement_that_is_prepared_in_a_transaction_outlives_its_end(reader: User, project: Project) -> None:
    with transaction.atomic():
        for _ in range(5):
            HELD.rows(reader.pk, project.slug)
        transaction.set_rollback(True)
    assert HELD.rows(reader.pk, project.slug)
