"""Putting a case aside, sending it on, asking for a second opinion: by key, and said aloud."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.reading.conftest import opened
from tests.frontend.reading.room import Room
from tests.frontend.reading.test_accessibility import violations
from tests.frontend.reading.test_case_by_case import body, press, submit_all_absent

pytestmark = pytest.mark.browser


@pytest.fixture
def manned(room: Room, page: Page) -> Page:
    """A room where somebody else reads too."""
    room.roles = True
    return opened(page)


def test_a_case_is_put_aside_and_the_next_one_opens(manned: Page, room: Room) -> None:
    press(manned, "1p")
    manned.keyboard.press("Shift+S")
    manned.locator("#defer").get_by_label("Until the end of today").check()
    manned.keyboard.press("Enter")
    expect(body(manned)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    expect(manned.locator("#voice")).to_have_text("PX-2001 is put aside. Your worklist has it.")
    assert (room.skips[0]["until"], room.skips[0]["version"]) == ("today", 1)


def test_what_was_answered_is_there_again(manned: Page, room: Room) -> None:
    press(manned, "1p")
    manned.keyboard.press("Shift+S")
    manned.keyboard.press("Enter")
    expect(body(manned)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    manned.goto(f"/read/{room.sheets[0].assignment}/")
    expect(manned.locator("[data-finding=atelectasis] input[value=present]")).to_be_checked()


def test_escalating_asks_for_whom_and_why(manned: Page, room: Room) -> None:
    manned.keyboard.press("e")
    manned.locator("#escalate").get_by_label("Adjudicator").check()
    manned.locator("#escalate-reason").fill("Unusual hilum")
    manned.keyboard.press("Enter")
    expect(manned.locator("#voice")).to_have_text("PX-2001 is escalated.")
    assert (room.skips[0]["role"], room.skips[0]["reason"]) == ("adjudicator", "Unusual hilum")


def test_going_back_escalates_nothing(manned: Page, room: Room) -> None:
    manned.keyboard.press("e")
    manned.keyboard.press("Escape")
    expect(manned.locator("#escalate")).to_be_hidden()
    expect(body(manned)).to_have_attribute("data-case", room.sheets[0].assignment)
    assert room.skips == []


def test_a_second_opinion_leaves_the_case_in_view(manned: Page, room: Room) -> None:
    press(manned, "1p")
    manned.keyboard.press("Shift+E")
    manned.keyboard.press("Enter")
    expect(manned.locator("#voice")).to_have_text("A second opinion on PX-2001 is requested.")
    expect(manned.locator("[data-finding=atelectasis] input[value=present]")).to_be_checked()
    assert room.opinions == [{"role": "", "reason": "", "version": 1}] and room.at == 0


def test_a_second_opinion_is_offered_after_the_submit(manned: Page, room: Room) -> None:
    submit_all_absent(manned)
    manned.get_by_role("button", name="Opinion on it PX-2001").click()
    manned.locator("#opinion-reason").fill("Is the apex clear?")
    manned.keyboard.press("Enter")
    expect(manned.locator("#voice")).to_have_text("A second opinion on PX-2001 is requested.")
    assert room.opinions[0]["reason"] == "Is the apex clear?"


def test_where_nobody_else_reads_it_says_so(reading: Page) -> None:
    reading.keyboard.press("e")
    expect(reading.locator("#voice")).to_have_text("Nobody else reads in this project.")


@pytest.mark.parametrize("opening", ["Shift+S", "e", "Shift+E"], ids=["defer", "escalate", "opinion"])
def test_no_violation_in_its_dialogs(manned: Page, opening: str) -> None:
    manned.keyboard.press(opening)
    expect(manned.locator("dialog[open]")).to_be_visible()
    assert violations(manned) == []
