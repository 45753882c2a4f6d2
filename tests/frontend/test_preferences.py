"""The preferences page and the theme switch of every page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from overread.accounts.models import User
from overread.accounts.queries import preferences_of


@pytest.fixture
def signed_in(client: Client, stranger: User) -> Client:
    client.force_login(stranger)
    return client


def test_it_works(signed_in: Client) -> None:
    assert b"Single-key shortcuts" in signed_in.get(reverse("preferences")).content


def test_a_theme_holds_on_every_page(signed_in: Client, stranger: User) -> None:
    signed_in.post(reverse("preferences"), {"theme": "light"})
    assert b'data-theme="light"' in signed_in.get(reverse("home")).content
    assert not preferences_of(stranger).single_keys


def test_the_switch_leads_back(signed_in: Client, stranger: User) -> None:
    answer = signed_in.post(reverse("preferences-theme"), {"theme": "dark", "next": "/password/"})
    assert answer.headers["Location"] == "/password/"
    assert preferences_of(stranger).theme == "dark"


def test_the_switch_leads_nowhere_else(signed_in: Client) -> None:
    answer = signed_in.post(reverse("preferences-theme"), {"theme": "dark", "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == reverse("preferences")


def test_an_unknown_theme_is_refused(signed_in: Client) -> None:
    assert signed_in.post(reverse("preferences"), {"theme": "sepia"}).status_code == 400


def test_every_page_has_one_theme(client: Client, db: None) -> None:
    assert b'data-theme="dark"' in client.get(reverse("sign-in")).content
