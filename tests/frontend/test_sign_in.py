"""Signing in, and not."""

import pytest
from django.test import Client
from django.urls import reverse

from overread.accounts.models import User
from tests.factories import PASSWORD


def attempt(client: Client, user: User, password: str) -> int:
    return client.post(reverse("sign-in"), {"username": user.email, "password": password}).status_code


def test_the_right_password_opens(client: Client, reader: User) -> None:
    assert attempt(client, reader, PASSWORD) == 302


def test_eight_wrong_passwords_lock_the_account_from_there(client: Client, reader: User) -> None:
    for _ in range(8):
        attempt(client, reader, "wrong")
    assert attempt(client, reader, PASSWORD) == 429


@pytest.mark.parametrize("address", ["//evil.example/", "https://evil.example/", "javascript:alert(1)"])
def test_next_never_leads_elsewhere(client: Client, reader: User, address: str) -> None:
    answer = client.post(reverse("sign-in"), {"username": reader.email, "password": PASSWORD, "next": address})
    assert "evil" not in answer["Location"] and "javascript" not in answer["Location"]
