"""Wrong passwords: how many, from where, for whom; and who is never locked out by them."""

from __future__ import annotations

from typing import Any

import pytest
from axes.models import AccessAttempt, AccessLog
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from overread.accounts.lockout import PER_ACCOUNT, PER_ADDRESS, addresses_forget, lock_lift
from overread.accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db
OPENED, WRONG, LOCKED = 302, 200, 429
HOME, OUTSIDE = "192.0.2.10", "198.51.100.7"


@pytest.fixture
def anna(db: None) -> User:
    return make_user("anna")


def attempt(name: str, password: str = "wrong", address: str = OUTSIDE, **more: Any) -> int:
    return Client().post("/sign-in/", {"username": name, "password": password}, REMOTE_ADDR=address, **more).status_code


def test_eight_failures_lock_the_account_for_that_address_alone(anna: User) -> None:
    assert [attempt(anna.email) for _ in range(8)] == [WRONG] * 7 + [LOCKED]
    assert attempt(anna.email, PASSWORD) == LOCKED
    assert attempt(anna.email, PASSWORD, HOME) == OPENED


def test_another_spelling_is_no_other_account(anna: User) -> None:
    for spelling in ("anna", "Anna", "ANNA", "aNNa", "anNa", "annA", "AnnA", "aNna"):
        attempt(f"{spelling}@example.org")
    assert attempt(anna.email, PASSWORD) == LOCKED


def test_one_address_cannot_try_forty_names(anna: User) -> None:
    said = [attempt(f"doctor-{number}@example.org") for number in range(40)]
    assert said == [WRONG] * (PER_ADDRESS - 1) + [LOCKED] * (40 - PER_ADDRESS + 1)
    assert attempt(anna.email, PASSWORD) == LOCKED
    assert attempt(anna.email, PASSWORD, HOME) == OPENED


def test_a_shared_address_stays_open_to_who_has_signed_in_from_it(anna: User) -> None:
    assert attempt(anna.email, PASSWORD, HOME) == OPENED
    for number in range(40):
        attempt(f"doctor-{number}@example.org", address=HOME)
    assert attempt(anna.email, PASSWORD, HOME) == OPENED


def test_outsiders_at_many_addresses_lock_nobody_out_where_they_work(anna: User) -> None:
    assert attempt(anna.email, PASSWORD, HOME) == OPENED
    said = [attempt(anna.email, address=f"198.51.100.{number}") for number in range(PER_ACCOUNT)]
    assert said == [WRONG] * (PER_ACCOUNT - 1) + [LOCKED]
    assert attempt(anna.email, PASSWORD, "203.0.113.1") == LOCKED
    assert attempt(anna.email, PASSWORD, HOME) == OPENED


def test_an_ipv6_network_is_one_place(anna: User) -> None:
    for number in range(8):
        attempt(anna.email, address=f"2001:db8:1:2::{number + 1:x}")
    assert attempt(anna.email, PASSWORD, "2001:db8:1:2:ffff::9") == LOCKED
    assert attempt(anna.email, PASSWORD, "2001:db8:1:3::1") == OPENED


def test_behind_a_declared_proxy_the_clients_address_counts(anna: User, settings: Any) -> None:
    from ipaddress import ip_network

    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    for _ in range(8):
        attempt(anna.email, address="10.0.0.5", HTTP_X_FORWARDED_FOR=OUTSIDE)
    assert attempt(anna.email, PASSWORD, "10.0.0.5", HTTP_X_FORWARDED_FOR=OUTSIDE) == LOCKED
    assert attempt(anna.email, PASSWORD, "10.0.0.5", HTTP_X_FORWARDED_FOR=HOME) == OPENED


def test_nobody_hides_behind_a_header(anna: User) -> None:
    for number in range(8):
        attempt(anna.email, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
    assert attempt(anna.email, PASSWORD, HTTP_X_FORWARDED_FOR=HOME) == LOCKED


def test_going_on_while_locked_prolongs_nothing(anna: User) -> None:
    for _ in range(8):
        attempt(anna.email)
    before = list(AccessAttempt.objects.values())
    assert attempt(anna.email) == LOCKED and list(AccessAttempt.objects.values()) == before
    AccessAttempt.objects.update(attempt_time=timezone.now() - timezone.timedelta(minutes=16))
    assert attempt(anna.email, PASSWORD) == OPENED


def test_an_own_account_resets_no_other_count(anna: User) -> None:
    make_user("mallory")
    for _ in range(8):
        attempt(anna.email)
    assert attempt("mallory@example.org", PASSWORD) == OPENED
    assert attempt(anna.email, PASSWORD) == LOCKED


def test_an_operator_lifts_a_lock(anna: User) -> None:
    for _ in range(8):
        attempt(anna.email)
    assert lock_lift(anna) == 1
    assert attempt(anna.email, PASSWORD) == OPENED


def test_no_typed_name_is_kept(anna: User) -> None:
    attempt("my-password-in-the-wrong-field")
    attempt(anna.email)
    attempt(anna.email, PASSWORD)
    kept = str([*AccessAttempt.objects.values(), *AccessLog.objects.values()])
    assert "my-password" not in kept and "anna" not in kept


def test_addresses_are_known_for_ninety_days(anna: User) -> None:
    attempt(anna.email, PASSWORD, HOME)
    AccessLog.objects.update(attempt_time=timezone.now() - timezone.timedelta(days=89))
    addresses_forget()
    assert AccessLog.objects.exists()
    AccessLog.objects.update(attempt_time=timezone.now() - timezone.timedelta(days=91))
    addresses_forget()
    assert not AccessLog.objects.exists()


def test_it_costs_few_queries(anna: User) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert attempt(anna.email, PASSWORD) == OPENED
    assert (
        len([query for query in queries if "axes_" in query["sql"]]) == 3
    )  # the count, the address, what is forgotten
