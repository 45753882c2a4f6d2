"""Changing one's own password."""

import pytest
from django.test import Client
from django.urls import reverse

from overread.accounts.models import User
from overread.audit.models import Event
from tests.factories import PASSWORD, make_user

NEW = "another-good-password"


def change(client: Client, user: User, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> str:
    client.force_login(user)
    asked = {"old_password": old, "new_password1": new, "new_password2": again}
    return client.post(reverse("password"), asked, follow=True).content.decode()


def test_the_new_password_holds_and_one_stays_signed_in(client: Client, reader: User) -> None:
    assert "Your password is changed." in change(client, reader)
    reader.refresh_from_db()
    assert reader.check_password(NEW)
    assert Event.objects.filter(verb="password.change", actor=reader).count() == 1


def test_sessions_elsewhere_end(client: Client, reader: User) -> None:
    elsewhere = Client()
    elsewhere.force_login(reader)
    change(client, reader)
    assert elsewhere.get(reverse("home"))["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"old": "wrong"}, "This is not your current password."),
        ({"again": "something-else"}, "The two new passwords differ."),
        ({"new": "password", "again": "password"}, "too common"),
        ({"new": "short", "again": "short"}, "too short"),
    ],
)
def test_what_does_not_do_is_said_and_changes_nothing(client: Client, reader: User, typed, said) -> None:
    assert said in change(client, reader, **typed)
    reader.refresh_from_db()
    assert reader.check_password(PASSWORD) and not Event.objects.filter(verb="password.change").exists()


def test_a_demo_account_keeps_its_password(client: Client, db: None) -> None:
    demo = make_user("demo", is_demo=True)
    page = change(client, demo)
    assert "This is a demo account" in page and '<input type="password"' not in page
    demo.refresh_from_db()
    assert demo.check_password(PASSWORD)


def test_every_page_leads_there(client: Client, reader: User) -> None:
    client.force_login(reader)
    assert f'href="{reverse("password")}"' in client.get(reverse("home"), follow=True).content.decode()
