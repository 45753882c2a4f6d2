"""How I have the pages, for whoever asks by API; the reading page's script is one."""

import pytest

from overread.accounts.models import User
from tests.api.rooms import at, url

pytestmark = pytest.mark.django_db


def test_it_works(stranger: User) -> None:
    assert at(stranger).get(url("preferences")).json() == {"theme": "dark", "single_keys": True, "keys": {}}


def test_a_key_of_ones_own_is_kept(stranger: User) -> None:
    answer = at(stranger).patch(url("preferences"), {"keys": {"invert": "x"}}, format="json")
    assert answer.status_code == 200
    assert at(stranger).get(url("preferences")).json()["keys"] == {"invert": "x"}


def test_one_key_for_two_commands_is_refused(stranger: User) -> None:
    answer = at(stranger).patch(url("preferences"), {"keys": {"invert": "x", "fit": "x"}}, format="json")
    assert answer.status_code == 400
    assert "Two commands have the same key." in str(answer.json()["errors"])


def test_a_misspelt_member_is_refused(stranger: User) -> None:
    assert at(stranger).patch(url("preferences"), {"themes": "dark"}, format="json").status_code == 400
