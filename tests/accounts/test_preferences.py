"""Preferences: theme, single keys and a keyboard of one's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from overread.accounts.keys import keys_check
from overread.accounts.models import Preferences, User
from overread.accounts.queries import preferences_of
from overread.accounts.services import preferences_change


def test_everybody_begins_with_the_pages_own(stranger: User) -> None:
    begun = preferences_of(stranger)
    assert (begun.theme, begun.single_keys, begun.keys) == ("auto", True, {})
    assert not Preferences.objects.exists()


def test_what_is_not_changed_stays(stranger: User) -> None:
    preferences_change(user=stranger, theme="light")
    preferences_change(user=stranger, keys={"invert": "x"})
    kept = preferences_of(stranger)
    assert (kept.theme, kept.keys) == ("light", {"invert": "x"})


@pytest.mark.parametrize("changes", [{"theme": "sepia"}, {"keys": {"invert": "Enter"}}, {"single_keys": "perhaps"}])
def test_what_does_not_fit_changes_nothing(stranger: User, changes: dict[str, Any]) -> None:
    preferences_change(user=stranger, theme="light")
    with pytest.raises(ValidationError):
        preferences_change(user=stranger, **changes)
    assert preferences_of(stranger).theme == "light"


@pytest.mark.parametrize("key", ["x", "Shift+h", "ArrowLeft", "Shift+Delete", "0", "[", "é"])
def test_keys_that_can_be_taken(key: str) -> None:
    keys_check({"tool.box": key})


@pytest.mark.parametrize(
    "keys",
    [{"invert": "1"}, {"invert": "Escape"}, {"invert": " "}, {"invert": "Control+c"}, {"invert": ""}, {"invert": None}]
    + [{"in vert": "x"}, {"invert": "x", "fit": "x"}, ["x"], {f"command.{n}": "x" for n in range(201)}],
)
def test_keys_that_cannot(keys: object) -> None:
    with pytest.raises(ValidationError):
        keys_check(keys)
