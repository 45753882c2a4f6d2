from __future__ import annotations

from collections.abc import Iterator

import pytest

from config.celery import app
from overread.jobs.registry import QUEUES
from tests.services import handlers  # noqa: F401  (so that this process, too, knows their kind of job)
from tests.services.house import House


def bells_lose() -> None:
    """Throw away every message that waits in the broker."""
    with app.connection_for_write() as connection:
        for queue in QUEUES:
            connection.default_channel.queue_purge(queue)


@pytest.fixture
def house(transactional_db: None) -> Iterator[House]:
    """Workers can be started here; they are ended with the test."""
    house = House()
    yield house
    house.end()
    bells_lose()
