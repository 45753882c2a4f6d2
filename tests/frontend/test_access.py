"""The page of one's sessions and tokens, and the operator's pages of everybody's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from frontend.browsers import browser_words
from overread.accounts.access import sessions_of
from overread.accounts.models import Session, User
from overread.audit.models import Event
from tests.factories import PASSWORD, make_user

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36"


def signed_in(user: User, browser: str = WINDOWS) -> Client:
    client = Client(headers={"user-agent": browser})
    client.post(reverse("sign-in"), {"username": user.email, "password": PASSWORD})
    return client


@pytest.fixture
def operator(db: None) -> Client:
    return signed_in(make_user("operator", is_staff=True))


@pytest.mark.parametrize(
    ("calls_itself", "words"),
    [
        (WINDOWS, "Firefox on Windows"),
        (PHONE, "Chrome on Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1 Version/18 Safari/605.1", "Safari on macOS"),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", "unknown"),
    ],
)
def test_a_browser_in_words(calls_itself: str, words: str) -> None:
    assert browser_words(calls_itself) == words


def test_it_lists_where_one_is_signed_in_and_no_one_else(stranger: User) -> None:
    signed_in(stranger, PHONE)
    signed_in(make_user("neighbour"), "Neighbour")
    made, token = AuthToken.objects.create(stranger)
    client = signed_in(stranger)
    page = client.get(reverse("access")).content.decode()
    assert "Chrome on Android" in page and "this one" in page and made.token_key in page
    assert "Neighbour" not in page and token not in page
    assert all(key not in page for key in Session.objects.values_list("session_key", flat=True))


def test_one_ends_a_session_a_token_and_all_others(stranger: User) -> None:
    here = signed_in(stranger)
    there = signed_in(stranger)
    reference = sessions_of(stranger).get(session_key=there.session.session_key).reference
    made, _ = AuthToken.objects.create(stranger)
    said = here.post(reverse("access-end"), {"session": reference}, follow=True).content.decode()
    assert "The session has ended." in said and there.get(reverse("home")).status_code == 302
    here.post(reverse("access-end"), {"token": made.token_key})
    assert not AuthToken.objects.exists()
    signed_in(stranger), signed_in(stranger)
    said = here.post(reverse("access-end"), {"others": "1"}, follow=True).content.decode()
    assert "2 sessions have ended." in said and sessions_of(stranger).count() == 1
    assert (
        "It had ended already."
        in here.post(reverse("access-end"), {"session": reference}, follow=True).content.decode()
    )


def test_what_is_anothers_stays(stranger: User) -> None:
    neighbour = make_user("neighbour")
    theirs, made = signed_in(neighbour), AuthToken.objects.create(neighbour)[0]
    client = signed_in(stranger)
    client.post(reverse("access-end"), {"session": sessions_of(neighbour).get().reference})
    client.post(reverse("access-end"), {"token": made.token_key})
    assert theirs.get(reverse("home")).status_code == 200 and AuthToken.objects.exists()


def test_an_operator_ends_what_opens_an_account(operator: Client, stranger: User) -> None:
    client = signed_in(stranger)
    made, _ = AuthToken.objects.create(stranger)
    assert stranger.email in operator.get(reverse("accounts")).content.decode()
    page = operator.get(reverse("account", args=[stranger.pk])).content.decode()
    assert "Firefox on Windows" in page and made.token_key in page
    operator.post(reverse("account-end", args=[stranger.pk]), {"all": "1"})
    assert client.get(reverse("home")).status_code == 302 and not AuthToken.objects.exists()
    events = Event.objects.filter(verb="access.end", target_id=str(stranger.pk))
    assert {event.actor.email for event in events if event.actor} == {"operator@example.org"}
    assert operator.get(reverse("accounts")).status_code == 200


def test_an_operator_lifts_a_lock(operator: Client, stranger: User) -> None:
    for _ in range(8):
        Client().post(reverse("sign-in"), {"username": stranger.email, "password": "wrong"})
    operator.post(reverse("account-end", args=[stranger.pk]), {"lock": "1"})
    assert signed_in(stranger).get(reverse("home")).status_code == 200
    assert Event.objects.get(verb="lock.lift").actor.email == "operator@example.org"
