"""After a blind read: a strong contradiction is named in neutral words and asks for one key, neither proposed."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.reading import room as rooms
from tests.frontend.reading.conftest import opened, posted
from tests.frontend.reading.room import Room, Sheet
from tests.frontend.reading.test_accessibility import violations
from tests.frontend.reading.test_case_by_case import body, press

pytestmark = pytest.mark.browser
NODULE = "nodule-or-mass"  # the room's model: 0.91 above 0.38


@pytest.fixture
def revealed(room: Room, page: Page) -> Page:
    """A blind case answered with absent throughout, and revealed."""
    rooms.room.sheets = [Sheet(1, blind=True), Sheet(2)]
    room.asks = True
    opened(page)
    press(page, "0")
    page.keyboard.press("Enter")
    expect(body(page)).to_have_attribute("data-state", "revealed")
    expect(body(page)).to_have_attribute("data-level", "full")
    return page


def test_enter_does_not_file_it_and_one_key_keeps_it(revealed: Page, room: Room) -> None:
    asked = revealed.locator("[data-contradiction]:visible")
    expect(asked).to_have_count(1)
    expect(asked).to_contain_text("You answered absent. The model gives a probability of 0.91.")
    keep, change = (asked.get_by_role("button", name=name) for name in ("Keep absent", "Change"))
    assert keep.evaluate("each => getComputedStyle(each).background") == change.evaluate(
        "each => getComputedStyle(each).background"
    )
    assert violations(revealed) == []
    revealed.keyboard.press("Enter")
    expect(revealed.locator("#left")).to_contain_text("contradict each other")
    expect(revealed.locator(".finding.is-current")).to_have_attribute("data-finding", NODULE)
    assert len(room.posts) == 1
    press(revealed, "r")
    expect(asked).to_have_count(0)
    revealed.keyboard.press("Enter")
    expect(body(revealed)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert posted(revealed, room)[1]["answers"][NODULE]["kept"] is True


def test_another_key_changes_it(revealed: Page, room: Room) -> None:
    revealed.keyboard.press("Shift+R")
    expect(revealed.locator(f"[data-finding={NODULE}] input:checked")).to_have_count(0)
    expect(revealed.locator("#left")).to_contain_text("still needs an answer")
    press(revealed, "p")
    revealed.keyboard.press("Enter")
    expect(body(revealed)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    assert posted(revealed, room)[1]["answers"][NODULE] == {"value": "present"}


def test_a_kept_answer_is_still_kept_after_a_reload(revealed: Page) -> None:
    press(revealed, "r")
    revealed.reload()
    expect(body(revealed)).to_have_attribute("data-level", "full")
    expect(revealed.locator(f"[data-finding={NODULE}] input:checked")).to_have_value("absent")
    expect(revealed.locator("[data-contradiction]:visible")).to_have_count(0)


def test_without_single_keys_the_buttons_are_named(revealed: Page) -> None:
    revealed.keyboard.press("?")
    revealed.locator("#single-keys").uncheck()
    revealed.keyboard.press("Escape")
    revealed.keyboard.press("Enter")
    expect(revealed.locator("#left")).to_contain_text("“Keep” keeps absent, “Change” changes it.")


def test_an_answer_given_anew_is_asked_anew(revealed: Page) -> None:
    press(revealed, "r6a")
    expect(revealed.locator("[data-contradiction]:visible")).to_have_count(1)


def test_where_nobody_asks_enter_files_it(room: Room, page: Page) -> None:
    rooms.room.sheets = [Sheet(1, blind=True), Sheet(2)]
    opened(page)
    press(page, "0")
    page.keyboard.press("Enter")
    expect(body(page)).to_have_attribute("data-state", "revealed")
    expect(body(page)).to_have_attribute("data-level", "full")
    page.keyboard.press("Enter")
    expect(body(page)).to_have_attribute("data-drawn", room.sheets[1].assignment)
