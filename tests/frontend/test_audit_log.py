"""The operator's audit log."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from overread.audit.models import Event
from overread.audit.services import event_append, events_seal
from tests import factories

ADDRESS = "/operations/audit/"


@pytest.fixture
def operator(client, db):
    user = factories.make_user("operator", is_staff=True)
    client.force_login(user)
    return user


def test_only_for_operators(client, administrator):
    client.force_login(administrator)
    assert client.get(reverse("audit-log")).status_code == 403


def test_events_newest_first_with_who_and_what(client, operator):
    event_append(verb="project.create", actor=operator, colour="blue")
    event_append(verb="project.change", actor=operator)
    page = client.get(ADDRESS).content.decode()
    assert page.index('<th scope="row" translate="no">project.change') < page.index(
        '<th scope="row" translate="no">project.create'
    )
    assert "colour: blue" in page
    assert str(operator) in page


def test_events_are_filtered_by_verb(client, operator):
    event_append(verb="one.thing")
    event_append(verb="other.thing")
    page = client.get(ADDRESS, {"verb": "one.thing"}).content.decode()
    assert '<th scope="row" translate="no">one.thing' in page
    assert '<th scope="row" translate="no">other.thing' not in page


def test_the_chain_is_verified_on_demand(client, operator):
    event_append(verb="one.thing")
    assert "The chain holds." not in client.get(ADDRESS).content.decode()
    events_seal()
    assert "The chain holds." in client.post(ADDRESS).content.decode()


def test_a_broken_chain_is_said_loudly(client, operator):
    event = event_append(verb="one.thing")
    events_seal()
    event.refresh_from_db()
    with connection.cursor() as cursor:
        on = " ON audit_event" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER audit_event_immutable{on}")
        cursor.execute("UPDATE audit_event SET verb = 'other.thing' WHERE id = %s", [event.pk])
    page = client.post(ADDRESS).content.decode()
    assert f"The chain is broken at event {event.position}." in page
    assert Event.objects.get(pk=event.pk).verb == "other.thing"
