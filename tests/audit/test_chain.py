"""An altered, a missing, a cut-off event: each shows, and where."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from overread.audit.models import Event, Seal
from overread.audit.queries import ChainReport, chain_verify
from overread.audit.services import event_append, event_digest, events_seal
from tests.audit.conftest import Tamper

CHANGES = {
    "at": "2001-01-01 00:00:00+00",
    "verb": "tests.undone",
    "target_type": "archive.image",
    "target_id": "7",
    "project_id": "0" * 32,
    "detail": '{"number": 40}',
}


def test_an_untouched_chain_is_whole(chain: list[Event]) -> None:
    assert chain_verify() == ChainReport(events=9, unsealed=0, broken_at=None)
    assert [event.position for event in chain] == list(range(1, 10))


@pytest.mark.django_db
def test_a_chain_without_events_is_whole() -> None:
    assert events_seal() == 0 and chain_verify() == ChainReport(0, 0, None)


def test_what_is_not_sealed_yet_is_counted(chain: list[Event]) -> None:
    event_append(verb="tests.done")
    assert chain_verify() == ChainReport(9, 1, None)


def test_sealing_again_changes_nothing(chain: list[Event]) -> None:
    before = list(Event.objects.values_list("pk", "position", "hash")), list(Seal.objects.values())
    assert events_seal() == 0
    assert (list(Event.objects.values_list("pk", "position", "hash")), list(Seal.objects.values())) == before


@pytest.mark.django_db
def test_a_long_backlog_is_sealed_in_parts() -> None:
    for _ in range(5):
        event_append(verb="tests.done")
    assert [events_seal(limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert chain_verify() == ChainReport(5, 0, None)


@pytest.mark.parametrize("column", CHANGES)
def test_an_altered_event_shows(chain: list[Event], tamper: Tamper, column: str) -> None:
    tamper(f"UPDATE audit_event SET {column} = %s WHERE position = 5", CHANGES[column])
    assert chain_verify().broken_at == 5


def test_another_actor_shows(chain: list[Event], tamper: Tamper, django_user_model) -> None:
    somebody = django_user_model.objects.create_user("somebody@example.org")
    tamper("UPDATE audit_event SET actor_id = %s WHERE position = 5", somebody.pk)
    assert chain_verify().broken_at == 5


def test_a_missing_event_shows(chain: list[Event], tamper: Tamper) -> None:
    tamper("DELETE FROM audit_event WHERE position = 4")
    assert chain_verify().broken_at == 4


def test_a_gap_that_was_closed_shows(chain: list[Event], tamper: Tamper) -> None:
    tamper("DELETE FROM audit_event WHERE position = 4")
    for position in range(5, 10):
        tamper("UPDATE audit_event SET position = %s WHERE position = %s", position - 1, position)
    assert chain_verify().broken_at == 4


@pytest.mark.parametrize("kept", [8, 6, 0])
def test_events_cut_off_at_the_end_show(chain: list[Event], tamper: Tamper, kept: int) -> None:
    tamper("DELETE FROM audit_event WHERE position > %s", kept)
    assert chain_verify().broken_at is not None


def test_an_event_slipped_in_shows(chain: list[Event], tamper: Tamper) -> None:
    slipped = event_append(verb="tests.slipped")
    tamper(
        "UPDATE audit_event SET position = 10, hash = %s WHERE id = %s", event_digest("guessed", slipped), slipped.pk
    )
    assert chain_verify().broken_at == 10


def test_a_chain_forged_anew_lacks_the_signature(chain: list[Event], tamper: Tamper) -> None:
    """Hashes need no key, signatures do: the first seal after the change does not fit."""
    tamper("UPDATE audit_event SET verb = 'tests.undone' WHERE position = 5")
    digest = chain[3].hash
    for event in Event.objects.filter(position__gte=5).order_by("position"):
        digest = event_digest(digest, event)
        tamper("UPDATE audit_event SET hash = %s WHERE id = %s", digest, event.pk)
    assert chain_verify().broken_at == 6


def test_a_seal_by_another_key_shows(chain: list[Event], settings) -> None:
    settings.AUDIT_KEY = "another"
    assert chain_verify().broken_at == 3


def test_the_command_says_that_all_is_well(chain: list[Event]) -> None:
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert said.getvalue().splitlines() == [
        "9 events chained and intact, 0 wait for the sealer.",
        "There are no anchors: whether the end of the log was cut off cannot be told.",
    ]


def test_the_command_fails_where_something_was_altered(chain: list[Event], tamper: Tamper) -> None:
    tamper("UPDATE audit_event SET verb = 'tests.undone' WHERE position = 2")
    with pytest.raises(CommandError, match="position 2 does not fit"):
        call_command("verify_audit")
