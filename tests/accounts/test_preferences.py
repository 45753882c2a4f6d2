"""Preferences: theme, single keys and a keyboard of one's own."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from overread.accounts.keys import keys_check
from overread.accounts.models import Preferences, User
from overread.accounts.queries import preferences_of
from overread.accounts.services import preferences_change


def test_everybody_begins_with_the_pages_own(stranger: User) -> None:
    begun = preferences_of(stranger)
    assert (begun.theme, begun.single_keys, begun.keys) == ("dark", True, {})
    assert not Preferences.objects.exists()


def test_what_is_not_changed_stays(stranger: User) -> None:
    preferences_change(user=stranger, theme="light")
    preferences_change(user=stranger, keys={"invert": "x"})
    kept = preferences_of(stranger)
    assert (kept.theme, kept.keys) == ("light", {"invert": "x"})


def test_keys_kept_under_another_rule_bar_no_other_change(stranger: User) -> None:
    Preferences.objects.create(user=stranger, keys={"invert": "X"})
    assert preferences_change(user=stranger, theme="light").keys == {"invert": "X"}


@pytest.mark.parametrize("changes", [{"theme": "sepia"}, {"keys": {"invert": "Enter"}}, {"single_keys": "perhaps"}])
def test_what_does_not_fit_changes_nothing(stranger: User, changes: dict[str, Any]) -> None:
    preferences_change(user=stranger, theme="light")
    with pytest.raises(ValidationError):
        preferences_change(user=stranger, **changes)
    assert preferences_of(stranger).theme == "light"


@pytest.mark.parametrize("key", ["x", "Shift+h", "ArrowLeft", "Shift+Delete", "0", "[", "é", "Shift+é", "+"])
def test_keys_that_can_be_taken(key: str) -> None:
    keys_check({"tool.box": key})


def test_every_command_of_the_page_is_named_so() -> None:
    table = (
        (settings.ROOT / "frontend/src/reading/keys.ts")
        .read_text()
        .partition("const TABLE = {")[2]
        .partition("\n} as")[0]
    )
    names = re.findall(r'^  "?([^" :]+)"?: \{ group', table, re.MULTILINE)
    assert "answer.not_assessable" in names and "undo" in names
    keys_check({name: chr(0x4E00 + place) for place, name in enumerate(names)})


@pytest.mark.parametrize(
    "keys",
    [{"invert": "1"}, {"invert": "Escape"}, {"invert": " "}, {"invert": "Control+c"}, {"invert": ""}, {"invert": None}]
    + [
        {"invert": key}
        for key in ("X", "Shift+X", "É", "Shift+[", "Shift+0", "Shift+", "Shift+Shift+x", "\x00", "\u200b")
    ]
    + [{name: "x"} for name in ("zoom.", ".zoom", "zoom..in", "zoom-in", "Zoom", "zoom in", "1", "x" * 41, "")]
    + [{"in vert": "x"}, {"invert": "x", "fit": "x"}, ["x"], {f"command.c{n}": chr(0x4E00 + n) for n in range(201)}],
)
def test_keys_that_cannot(keys: object) -> None:
    with pytest.raises(ValidationError):
        keys_check(keys)
