"""By what somebody gets in: sessions and tokens, listed, ended, and ended by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessLog
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from knox.models import AuthToken

from overread.accounts.access import access_tidy, session_end, sessions_end, sessions_of, token_revoke, tokens_of
from overread.accounts.models import Session, User
from overread.audit.models import Event
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
NEW = "another-good-password"


@pytest.fixture
def anna(db: None) -> User:
    return make_user("anna")


def signed_in(user: User, browser: str = "") -> Client:
    client = Client(headers={"user-agent": browser})
    client.post("/sign-in/", {"username": user.email, "password": PASSWORD})
    assert is_in(client)
    return client


def is_in(client: Client) -> bool:
    return client.get("/preferences/").status_code == 200


def later(user: User, **ago: float) -> None:
    """As if the time given had passed since this user's sessions were used last."""
    for row in Session.objects.filter(user=user):
        then = timedelta(**ago)
        Session.objects.filter(pk=row.pk).update(used_at=row.used_at - then, expire_date=row.expire_date - then)


# --- Passwords ---
def by_the_service(user: User, _: Any) -> None:
    from overread.accounts.services import password_change

    password_change(user=user, password=NEW)


def by_django(user: User, _: Any) -> None:
    user.set_password(NEW)
    user.save()


def by_command(user: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: NEW)
    call_command("changepassword", user.email, stdout=StringIO())


def by_taking_it_away(user: User, _: Any) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])


@pytest.mark.parametrize("road", [by_the_service, by_django, by_command, by_taking_it_away])
def test_a_new_password_ends_sessions_and_tokens_by_whatever_road(anna: User, road: Any, monkeypatch: Any) -> None:
    client, neighbour = signed_in(anna), make_user("neighbour")
    AuthToken.objects.create(anna)
    AuthToken.objects.create(neighbour)
    road(anna, monkeypatch)
    assert not is_in(client) and not Session.objects.filter(user=anna).exists()
    assert AuthToken.objects.get().user == neighbour
    assert Event.objects.get(verb="password.change").target_id == str(anna.pk)


def test_a_new_account_and_a_renewed_hash_are_no_new_password(anna: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    User.objects.filter(pk=anna.pk).update(password=make_password(PASSWORD, hasher="md5"))
    _, token = AuthToken.objects.create(anna)
    signed_in(anna)
    anna.refresh_from_db()
    assert anna.password.startswith("pbkdf2") and AuthToken.objects.exists()
    assert not Event.objects.filter(verb="password.change").exists()


def test_who_changes_their_own_password_stays_signed_in_where_they_did(anna: User) -> None:
    here, elsewhere = signed_in(anna), signed_in(anna)
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert here.post("/password/", typed).status_code == 302
    assert is_in(here) and not is_in(elsewhere)
    assert sessions_of(anna).count() == 1
    event = Event.objects.get(verb="password.change")
    assert (event.actor, event.detail["address"]) == (anna, "127.0.0.1")


# --- Sessions ---
def test_a_session_says_whose_whence_and_with_what(anna: User) -> None:
    signed_in(anna, "Mozilla/5.0 Firefox/140.0")
    (session,) = sessions_of(anna)
    assert (session.address, session.browser) == ("127.0.0.1", "Mozilla/5.0 Firefox/140.0")
    assert session.started_at and session.used_at and session.session_key not in session.reference


def test_a_session_ends_after_idleness(anna: User, settings: Any) -> None:
    client = signed_in(anna)
    later(anna, seconds=settings.SESSION_IDLE_SECONDS - 1)
    assert is_in(client)
    later(anna, seconds=settings.SESSION_IDLE_SECONDS + 1)
    assert not is_in(client) and not sessions_of(anna).exists()


def test_use_keeps_it_and_the_hours_end_it(anna: User, settings: Any) -> None:
    client = signed_in(anna)
    began = Session.objects.get().started_at
    assert began is not None
    later(anna, minutes=20)
    assert is_in(client)
    kept = Session.objects.get()
    assert kept.used_at > timezone.now() - timedelta(minutes=1) and kept.started_at == began
    Session.objects.update(
        started_at=began - timedelta(seconds=settings.SESSION_COOKIE_AGE) + timedelta(minutes=5),
        used_at=began - timedelta(minutes=2),
    )
    assert is_in(client)
    assert Session.objects.get().expire_date < timezone.now() + timedelta(minutes=5)


def test_use_is_written_down_once_a_minute_at_most(anna: User) -> None:
    client = signed_in(anna)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert is_in(client)
    assert not [query for query in queries if query["sql"].startswith(("UPDATE", "INSERT"))]
    later(anna, seconds=61)
    with CaptureQueriesContext(connection) as queries:
        assert is_in(client) and is_in(client)
    assert len([query for query in queries if query["sql"].startswith(("UPDATE", "INSERT"))]) == 1


@pytest.mark.parametrize("header", ["HX-Request", "X-Background"])
def test_what_a_page_asks_by_itself_is_no_use(anna: User, header: str) -> None:
    client = signed_in(anna)
    later(anna, minutes=5)
    used = Session.objects.get().used_at
    client.get("/preferences/", headers={header: "true"})
    assert Session.objects.get().used_at == used


def test_sessions_are_ended_one_by_one_or_all_others(anna: User) -> None:
    here, there, third = signed_in(anna), signed_in(anna), signed_in(anna)
    named = Session.objects.get(session_key=there.session.session_key)
    assert session_end(user=anna, reference=named.reference)
    assert is_in(here) and not is_in(there) and is_in(third)
    assert sessions_end(user=anna, but=here.session.session_key) == 1
    assert is_in(here) and not is_in(third)
    assert (
        list(Event.objects.filter(verb="access.end").values_list("detail", flat=True))
        == [{"sessions": 1, "tokens": 0}] * 2
    )


def test_nobody_ends_anothers(anna: User) -> None:
    client, neighbour = signed_in(anna), make_user("neighbour")
    made, _ = AuthToken.objects.create(anna)
    assert not session_end(user=neighbour, reference=Session.objects.get().reference)
    assert not token_revoke(user=neighbour, key=made.token_key)
    assert is_in(client) and AuthToken.objects.exists() and not Event.objects.filter(verb="access.end").exists()


# --- Tokens ---
def test_a_token_ends_by_itself(anna: User, settings: Any) -> None:
    made, token = AuthToken.objects.create(anna)
    assert made.expiry - timezone.now() > timedelta(days=settings.TOKEN_DAYS - 1)
    bearing = Client(headers={"authorization": f"Token {token}"})
    assert bearing.get("/api/v1/me/").status_code == 200
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert bearing.get("/api/v1/me/").status_code == 401 and not tokens_of(anna).exists()


def test_what_has_expired_is_dropped(anna: User) -> None:
    signed_in(anna)
    AuthToken.objects.create(anna)
    access_tidy()
    assert Session.objects.exists() and AuthToken.objects.exists()
    past = timezone.now() - timedelta(seconds=1)
    Session.objects.update(expire_date=past)
    AuthToken.objects.update(expiry=past)
    access_tidy()
    assert not Session.objects.exists() and not AuthToken.objects.exists()


def test_tokens_that_were_to_last_for_ever_end_with_the_upgrade_and_typed_names_go(anna: User, settings: Any) -> None:
    from importlib import import_module

    from django.apps import apps

    AccessLog.objects.create(username="typed")
    AuthToken.objects.create(anna, expiry=None)
    import_module("overread.accounts.migrations.0004_old_access_ends").end(apps, None)
    expiry = AuthToken.objects.get().expiry
    assert not AccessLog.objects.exists()
    assert isinstance(expiry, datetime) and expiry <= timezone.now() + timedelta(days=settings.TOKEN_DAYS)
