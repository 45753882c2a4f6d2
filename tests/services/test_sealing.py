"""Several sealers at once, while events are written."""

import pytest

from overread.audit.models import Event
from overread.audit.queries import chain_verify
from overread.audit.services import event_append, events_seal
from tests.services.crowd import at_once


@pytest.mark.django_db(transaction=True)
def test_sealers_that_meet_make_one_chain() -> None:
    def seal_or_write(number: int) -> int:
        if number % 2:
            return events_seal(limit=20)
        for part in range(10):
            event_append(verb="tests.done", number=number, part=part)
        return 0

    for _ in range(10):
        event_append(verb="tests.done")
    at_once(seal_or_write, range(12))
    while events_seal(limit=20):
        pass
    assert sorted(Event.objects.values_list("position", flat=True)) == list(range(1, 71))
    assert chain_verify().broken_at is None
