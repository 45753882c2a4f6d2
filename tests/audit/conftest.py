from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from overread.audit.models import Event
from overread.audit.services import event_append, events_seal

Tamper = Callable[..., None]


@pytest.fixture
def chain(db: None) -> list[Event]:
    """Nine events, sealed three by three."""
    for number in range(9):
        event_append(verb="tests.done", number=number)
        if number % 3 == 2:
            events_seal()
    return list(Event.objects.order_by("position"))


@pytest.fixture
def tamper(db: None) -> Tamper:
    """What somebody with the database's password does: triggers off, SQL of their own."""

    def do(sql: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
            else:
                for table in ("audit_event", "audit_seal"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_immutable")
            cursor.execute(sql, values)

    return do
