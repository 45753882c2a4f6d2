"""The keyboard map: shown, changed in place, kept, and followed by every hint of the page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Locator, Page, expect

from overread.accounts.models import Preferences
from tests.frontend.reading.conftest import opened
from tests.frontend.reading.room import Room, problem
from tests.frontend.reading.test_accessibility import violations

pytestmark = pytest.mark.browser


def line(page: Page, label: str) -> Locator:
    return page.locator("#keys dl > div").filter(has=page.get_by_text(label, exact=True))


@contextmanager
def keeping(page: Page) -> Iterator[None]:
    """What happens meanwhile has reached the server afterwards."""
    with page.expect_response("**/preferences/"):
        yield


def ask(page: Page, command: str) -> None:
    """Open the sheet and ask for another key of a command, by keyboard alone."""
    page.keyboard.press("?")
    page.get_by_role("button", name="Change keys").press("Enter")
    page.get_by_role("button", name=f"Change the key of {command}", exact=True).press("Enter")


def test_a_key_is_changed_in_place_and_at_once(reading: Page, room: Room) -> None:
    ask(reading, "Invert")
    with keeping(reading):
        reading.keyboard.press(";")
    expect(reading.locator("#keys-note")).to_have_text("Invert is on ; now.")
    reading.keyboard.press("Escape")
    reading.keyboard.press(";")
    expect(reading.locator("[data-command=invert]")).to_have_attribute("aria-pressed", "true")
    assert room.preferences.keys == {"invert": ";"}


def test_a_key_in_use_names_its_command(reading: Page, room: Room) -> None:
    ask(reading, "Invert")
    reading.keyboard.press("f")
    expect(reading.locator("#keys-note")).to_have_text("F belongs to Fit. Press another key.")
    reading.keyboard.press("5")
    expect(reading.locator("#keys-note")).to_have_text("5 cannot be taken. Press another key.")
    assert room.preferences.keys == {}


def test_escape_keeps_the_key_and_the_sheet(reading: Page) -> None:
    ask(reading, "Invert")
    reading.keyboard.press("Escape")
    expect(reading.locator("#keys-note")).to_have_text("Invert keeps I.")
    expect(reading.locator("#keys")).to_be_visible()
    reading.keyboard.press("Escape")
    expect(reading.locator("#keys")).to_be_hidden()


def test_hints_follow_a_key_of_ones_own(room: Room, page: Page) -> None:
    room.preferences = Preferences(keys={"skip": "Shift+r", "answer.absent": "r"})
    opened(page)
    expect(page.locator("kbd[data-key=skip]")).to_have_text("Shift+R")
    expect(page.locator("input[value=absent]").first).to_have_attribute("aria-keyshortcuts", "R")
    expect(page.locator(".seg.tri u").first).to_have_class("is-plain")
    page.keyboard.press("r")
    expect(page.locator("input[value=absent]").first).to_be_checked()


def test_one_key_or_all_are_reset(room: Room, page: Page) -> None:
    room.preferences = Preferences(keys={"invert": "r", "fit": ";"})
    opened(page)
    ask(page, "Fit")
    with keeping(page):
        page.get_by_role("button", name="Reset the key of Fit").click()
    expect(line(page, "Fit").locator("kbd")).to_have_text("F")
    with keeping(page):
        page.get_by_role("button", name="Reset all keys").click()
    expect(line(page, "Invert").locator("kbd")).to_have_text("I")
    expect(page.locator("#keys-note")).to_have_text("Every command has its first key again.")
    assert room.preferences.keys == {}


def test_single_keys_are_switched_off_for_good(reading: Page, room: Room) -> None:
    reading.keyboard.press("?")
    with keeping(reading):
        reading.get_by_label("Single-key shortcuts").uncheck()
    reading.keyboard.press("Escape")
    reading.keyboard.press("i")
    expect(reading.locator("[data-command=invert]")).to_have_attribute("aria-pressed", "false")
    expect(reading.locator("kbd[data-key=skip]")).to_be_hidden()
    assert room.preferences.single_keys is False


def test_what_cannot_be_kept_is_said(reading: Page, room: Room) -> None:
    room.faults = [lambda: problem(503, "The database is away.")]
    ask(reading, "Invert")
    reading.keyboard.press(";")
    expect(reading.locator("#keys-note")).to_contain_text("it holds until you leave this page")


def test_no_violation_while_keys_are_changed(reading: Page) -> None:
    ask(reading, "Invert")
    assert violations(reading) == []
