"""What reaches the log, and in whose transaction."""

from uuid import uuid4

import pytest
from axes.models import AccessAttempt
from django.db import transaction
from django.test import Client
from knox.models import AuthToken

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
        ("password.change", None, str(user.pk), {}),
    ]


def tried(client: Client, name: str, password: str = "not-the-password") -> Event:
    """The event that a refused sign-in left."""
    answer = client.post("/sign-in/", {"username": name, "password": password})
    event = Event.objects.filter(verb="session.refuse").latest("pk")
    assert event.actor is None and event.detail["request"] == answer["X-Request-ID"]
    return event


def test_a_refused_sign_in_names_who_and_whence(client: Client) -> None:
    anna = make_user("anna")
    event = tried(client, "Anna@example.org")
    assert (event.target_type, event.target_id) == ("accounts.user", str(anna.pk))
    assert (event.detail["reason"], event.detail["address"]) == ("not recognised", "127.0.0.1")


def test_a_refused_sign_in_is_told_without_what_was_typed(client: Client) -> None:
    event = tried(client, "my-password-in-the-wrong-field")
    assert (event.target_id, event.detail["account"]) == ("", "unknown account")
    assert "my-password" not in str(event.detail) and AccessAttempt.objects.exists()


def test_a_refused_sign_in_says_why(client: Client) -> None:
    make_user("anna")
    make_user("locked", is_active=False)
    assert tried(client, "locked@example.org", PASSWORD).detail["reason"] == "inactive"
    for _ in range(8):
        assert tried(client, "anna@example.org").detail["reason"] == "not recognised"
    assert tried(client, "anna@example.org", PASSWORD).detail["reason"] == "locked"


def test_a_refused_token_is_told_like_a_sign_in(client: Client) -> None:
    anna = make_user("anna")
    body = {"email": anna.email, "password": "not-the-password"}
    answer = client.post("/api/v1/tokens/", body, content_type="application/json")
    event = Event.objects.get(verb="session.refuse")
    assert (event.target_id, event.detail["request"]) == (str(anna.pk), answer.json()["request_id"])
    for _ in range(10):
        AuthToken.objects.create(anna)
    client.post("/api/v1/tokens/", body | {"password": PASSWORD}, content_type="application/json")
    refusal = Event.objects.get(verb="token.refuse")
    assert (refusal.target_id, refusal.detail["reason"]) == (str(anna.pk), "too many")


def test_what_is_done_in_a_request_names_it_and_what_is_done_elsewhere_does_not(client: Client) -> None:
    sign_in(client, PASSWORD)
    client.post("/sign-out/")
    for event in Event.objects.filter(verb__in=["session.start", "session.end"]):
        assert event.detail["address"] == "127.0.0.1" and len(event.detail["request"]) == 32
    assert event_append(verb="tests.done").detail == {}
