"""Tokens and who I am."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from knox.models import AuthToken
from rest_framework.test import APIClient

from overread.accounts.models import User
from overread.audit.models import Event
from tests.api.rooms import at, url
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def credentials(user: User, password: str = PASSWORD) -> dict[str, str]:
    return {"email": user.email, "password": password}


def bearing(token: str) -> APIClient:
    client = at()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client


def test_a_token_opens_the_door(stranger: User) -> None:
    made = at().post(url("tokens"), credentials(stranger), format="json")
    assert made.status_code == 201
    assert bearing(made.json()["token"]).get(url("me")).json()["email"] == stranger.email


def test_making_a_token_is_recorded(stranger: User) -> None:
    at().post(url("tokens"), credentials(stranger), format="json")
    assert Event.objects.filter(verb="session.start", actor=stranger).exists()


def test_the_case_of_an_address_does_not_matter(stranger: User) -> None:
    body = {"email": stranger.email.upper(), "password": PASSWORD}
    assert at().post(url("tokens"), body, format="json").status_code == 201


def test_a_wrong_password_is_a_problem(stranger: User) -> None:
    refused = at().post(url("tokens"), credentials(stranger, "wrong"), format="json")
    assert refused.status_code == 401
    assert refused["Content-Type"] == "application/problem+json" and refused["WWW-Authenticate"] == "Token"


def test_half_of_the_credentials_are_not_enough(stranger: User) -> None:
    assert at().post(url("tokens"), {"email": stranger.email}, format="json").status_code == 400


def test_somebody_inactive_gets_no_token(stranger: User) -> None:
    User.objects.filter(pk=stranger.pk).update(is_active=False)
    assert at().post(url("tokens"), credentials(stranger), format="json").status_code == 401


def test_too_many_wrong_passwords_lock_the_right_one_out(stranger: User) -> None:
    for _ in range(8):
        at().post(url("tokens"), credentials(stranger, "wrong"), format="json")
    locked = at().post(url("tokens"), credentials(stranger), format="json")
    assert locked.status_code == 429 and locked["Content-Type"] == "application/problem+json"


def test_a_session_makes_a_token(stranger: User) -> None:
    assert at(stranger).post(url("tokens")).status_code == 201


def test_a_token_makes_no_token(stranger: User) -> None:
    _, token = AuthToken.objects.create(stranger)
    assert bearing(token).post(url("tokens")).status_code == 401


def test_nobody_gets_nothing() -> None:
    assert at().post(url("tokens")).status_code == 401


def test_ten_tokens_are_enough(stranger: User) -> None:
    for _ in range(10):
        AuthToken.objects.create(stranger)
    assert at(stranger).post(url("tokens")).status_code == 409


def test_a_token_ends_itself_alone(stranger: User) -> None:
    _, token = AuthToken.objects.create(stranger)
    _, other = AuthToken.objects.create(stranger)
    assert bearing(token).delete(url("tokens")).status_code == 204
    assert bearing(token).get(url("me")).status_code == 401
    assert bearing(other).get(url("me")).status_code == 200


def test_a_session_ends_all_my_tokens_and_no_one_elses(stranger: User) -> None:
    AuthToken.objects.create(stranger)
    AuthToken.objects.create(make_user("neighbour"))
    assert at(stranger).delete(url("tokens")).status_code == 204
    assert AuthToken.objects.values_list("user__email", flat=True).get() == "neighbour@example.org"


@pytest.mark.parametrize("header", ["Token \xff", "Token", "Token a b", "Token " + "f" * 5000, "Bearer x", "\xff"])
def test_what_is_no_token_opens_nothing(header: str) -> None:
    answer = at().get(url("me"), HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401 and answer["Content-Type"] == "application/problem+json"


def test_a_session_needs_its_csrf_token(stranger: User) -> None:
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(stranger)
    assert client.post(url("tokens")).status_code == 403


def test_tokens_are_listed_and_revoked_one_by_one(stranger: User) -> None:
    made = at().post(url("tokens"), credentials(stranger), format="json").json()
    other, _ = AuthToken.objects.create(stranger)
    theirs, _ = AuthToken.objects.create(make_user("neighbour"))
    listed = bearing(made["token"]).get(url("tokens")).json()["results"]
    assert [one["key"] for one in listed] == [other.token_key, made["key"]]
    assert listed[1]["expiry"] == made["expiry"] and "digest" not in listed[0]
    mine = at(stranger)
    assert mine.delete(url("token", theirs.token_key)).status_code == 404
    assert mine.delete(url("token", made["key"])).status_code == 204
    assert bearing(made["token"]).get(url("me")).status_code == 401
    assert AuthToken.objects.count() == 2
    assert Event.objects.get(verb="access.end").detail["tokens"] == 1


def test_the_answer_says_when_a_token_ends(stranger: User, settings) -> None:
    made = at().post(url("tokens"), credentials(stranger), format="json").json()
    lasts = datetime.fromisoformat(made["expiry"]) - timezone.now()
    assert timedelta(days=settings.TOKEN_DAYS - 1) < lasts <= timedelta(days=settings.TOKEN_DAYS)


def test_tokens_that_have_expired_make_room(stranger: User) -> None:
    for _ in range(10):
        AuthToken.objects.create(stranger, expiry=timedelta(seconds=-1))
    assert at(stranger).post(url("tokens")).status_code == 201
