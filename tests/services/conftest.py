from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.celery import app
from overread.jobs.registry import KINDS, QUEUES, Kind
from tests.services.house import House


def bells_lose() -> None:
    """Throw away every message that waits in the broker."""
    with app.connection_for_write() as connection:
        for queue in QUEUES:
            connection.default_channel.queue_purge(queue)


@pytest.fixture
def house(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Workers can be started here; they are ended with the test."""
    monkeypatch.setitem(KINDS, "tests.count", Kind("tests.count", "io", "tests.services.handlers.count", 8))
    house = House()
    yield house
    house.end()
    bells_lose()
