"""An adjudicator sees what the disputing readers said and drew, and decides with one key a finding."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from labeling.queries.disputed import DisputedRead
from tests.frontend.reading import room as rooms
from tests.frontend.reading.conftest import opened, posted
from tests.frontend.reading.room import NAMES, Room, Sheet
from tests.frontend.reading.test_accessibility import violations
from tests.frontend.reading.test_case_by_case import body, press

pytestmark = pytest.mark.browser
NODULE = "nodule-or-mass"
ABSENT = {name.lower().replace(" ", "-"): "absent" for name in NAMES}


@pytest.fixture
def disputed(room: Room, page: Page) -> Page:
    """Two readers agree on everything but the nodule, which one of them outlined, on either frame."""
    sheet = Sheet(1, blind=True, frames=2)
    sheet.disputed = (
        DisputedRead("A", ABSENT, [], ""),
        DisputedRead("B", ABSENT | {NODULE: "present"}, [], "Behind the clavicle."),
    )
    box = {"finding": NODULE, "kind": "box", "letter": "B"}
    sheet.others = [
        box | {"points": [[100, 100], [200, 220]], "frame": 0},
        box | {"points": [[300, 300], [340, 340]], "frame": 1},
    ]
    rooms.room.sheets = [sheet, Sheet(2)]
    return opened(page)


def test_the_finding_in_which_they_differ_stands_out(disputed: Page) -> None:
    expect(disputed.locator(".others")).to_have_count(len(NAMES))
    expect(disputed.locator(".others .is-warn")).to_have_count(1)
    nodule = disputed.locator(f"[data-finding={NODULE}] .others")
    for words in ("Reader A absent", "Reader B present", "they differ"):
        expect(nodule).to_contain_text(words)
    expect(disputed.locator("#panel")).to_contain_text("Behind the clavicle.")
    assert violations(disputed) == []


def test_what_they_drew_follows_the_image(disputed: Page) -> None:
    shown = disputed.locator(".other:visible")
    expect(shown).to_have_count(1)
    expect(shown).to_have_text("B · Nodule or mass")
    line = shown.locator("polygon")
    before = line.get_attribute("points")
    press(disputed, "+")
    expect(line).not_to_have_attribute("points", before or "")
    disputed.keyboard.press("ArrowRight")
    expect(disputed.locator(".other").nth(1)).to_be_visible()
    expect(disputed.locator(".other").nth(0)).to_be_hidden()


def test_one_key_a_finding_decides_and_what_others_drew_is_not_filed(disputed: Page, room: Room) -> None:
    press(disputed, "6p0")
    disputed.keyboard.press("Enter")
    expect(body(disputed)).to_have_attribute("data-state", "revealed")
    (filed,) = posted(disputed, room)
    assert filed["answers"][NODULE] == {"value": "present"} and filed["regions"] == []


def test_they_go_with_their_case(disputed: Page, room: Room) -> None:
    press(disputed, "0")
    disputed.keyboard.press("Enter")
    expect(body(disputed)).to_have_attribute("data-state", "revealed")
    expect(body(disputed)).to_have_attribute("data-level", "full")
    disputed.keyboard.press("Enter")
    expect(body(disputed)).to_have_attribute("data-drawn", room.sheets[1].assignment)
    expect(disputed.locator(".other")).to_have_count(0)
    expect(disputed.locator(".others")).to_have_count(0)
