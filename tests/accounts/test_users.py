"""People who sign in."""

from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.test import Client
from knox.models import AuthToken

from overread.accounts.models import User
from overread.accounts.services import demo_accounts_refuse, password_change, user_ensure
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def signs_in(client: Client, address: str) -> bool:
    client.post("/sign-in/", {"username": address, "password": PASSWORD})
    return "_auth_user_id" in client.session


def test_an_address_is_one_person_however_it_is_written() -> None:
    User.objects.create_user("Anna.Berg@Example.ORG", PASSWORD)
    assert User.objects.get().email == "anna.berg@example.org"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ANNA.BERG@example.org", PASSWORD)


def test_one_signs_in_however_the_address_is_written(client: Client) -> None:
    make_user("anna")
    assert signs_in(client, "Anna@Example.org")


def test_who_is_locked_out_does_not_sign_in(client: Client) -> None:
    make_user("anna", is_active=False)
    assert not signs_in(client, "anna@example.org")


def test_a_password_is_kept_as_a_hash() -> None:
    user = make_user("anna")
    assert PASSWORD not in user.password and user.check_password(PASSWORD)


def test_ensuring_a_user_twice_changes_nothing() -> None:
    first = user_ensure(email="anna@example.org", name="Anna Berg", password=PASSWORD)
    again = user_ensure(email="ANNA@example.org", name="Somebody", password="another", is_staff=True)
    assert again == first and again.name == "Anna Berg" and again.check_password(PASSWORD) and not again.is_staff


def test_an_operator_makes_an_account_that_signs_in(client: Client) -> None:
    said = StringIO()
    call_command("create_user", "Anna@Example.org", name="Dr Anna Berg", stdout=said)
    address, _, password = said.getvalue().strip().partition(" can sign in with the password ")
    assert client.login(request=HttpRequest(), username=address, password=password)
    assert (User.objects.get().name, User.objects.get().is_staff) == ("Dr Anna Berg", False)


@pytest.mark.parametrize("address", ["ANNA@example.org", "anna"])
def test_no_account_is_made_for_an_address_that_is_taken_or_none(address: str) -> None:
    make_user("anna")
    with pytest.raises(CommandError, match="already exists|valid email"):
        call_command("create_user", address)


def test_a_new_password_ends_the_tokens_of_the_api() -> None:
    user = make_user("anna")
    AuthToken.objects.create(user)
    password_change(user=user, password="another-good-password")
    assert user.check_password("another-good-password") and not AuthToken.objects.exists()


@pytest.mark.parametrize(
    ("name", "initials"), [("Dr Anna Berg", "AB"), ("anna", "A"), ("", "W"), ("Anna Maria de Berg", "AM")]
)
def test_initials(name: str, initials: str) -> None:
    assert User(name=name, email="who@example.org").initials == initials


def test_production_refuses_demo_accounts(settings) -> None:
    make_user("demo", is_demo=True)
    demo_accounts_refuse()
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="remove_demo_accounts"):
        demo_accounts_refuse()


def test_removing_the_demo_accounts_locks_them(settings, client: Client) -> None:
    make_user("demo", is_demo=True)
    make_user("anna")
    said = StringIO()
    call_command("remove_demo_accounts", stdout=said)
    assert said.getvalue() == "1 demo accounts locked.\n"
    assert not signs_in(client, "demo@example.org") and signs_in(client, "anna@example.org")
    settings.PRODUCTION = True
    demo_accounts_refuse()
