"""What reaches the log, and in whose transaction."""

from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from django.db import transaction
from django.test import Client

from overread.accounts.services import password_change, user_create
from overread.audit.models import Event
from overread.audit.services import event_append
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_what_to_what() -> None:
    actor, project = make_user("anna"), uuid4()
    event = event_append(verb="tests.done", actor=actor, target=actor, project=project, number=3)
    event.refresh_from_db()
    assert (event.actor, event.target_type, event.target_id) == (actor, "accounts.user", str(actor.pk))
    assert (event.project_id, event.detail, event.position) == (project, {"number": 3}, None)


def test_what_is_rolled_back_is_not_told_of() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        event_append(verb="tests.done")
        raise ZeroDivisionError
    assert not Event.objects.exists()


def sign_in(client: Client, password: str) -> None:
    make_user("anna")
    client.post("/sign-in/", {"username": "anna@example.org", "password": password})


def test_signing_in_and_out_is_told(client: Client) -> None:
    sign_in(client, PASSWORD)
    client.post("/sign-out/")
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == ["session.start", "session.end"]


def test_a_new_account_and_a_new_password_are_told_without_either() -> None:
    user, _first = user_create(email="anna@example.org")
    password_change(user=user, password=PASSWORD)
    events = Event.objects.order_by("pk").values_list("verb", "actor", "target_id", "detail")
    assert list(events) == [
        ("account.create", None, str(user.pk), {}),
        ("password.change", user.pk, str(user.pk), {}),
    ]


def test_a_refused_sign_in_is_told_without_what_was_typed(client: Client) -> None:
    sign_in(client, "not-the-password")
    event = Event.objects.get(verb="session.refuse")
    assert (event.actor, event.target_id, event.detail) == (None, "", {})
    assert AccessAttempt.objects.exists()
