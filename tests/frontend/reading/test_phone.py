"""The reading page at a phone's width."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.reading.conftest import opened
from tests.frontend.reading.room import Room, Sheet
from tests.frontend.reading.test_case_by_case import press

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}

WHOLE = """() => {
  const top = document.querySelector(".viewer").getBoundingClientRect().bottom;
  const bottom = document.querySelector("#panel > footer").getBoundingClientRect().top;
  const rows = [...document.querySelectorAll(".finding")].map((row) => row.getBoundingClientRect());
  return rows.filter((row) => row.top >= top && row.bottom <= bottom).length;
}"""


@pytest.fixture
def phone(room: Room, page: Page) -> Page:
    page.set_viewport_size(PHONE)
    return opened(page)


@pytest.mark.parametrize("blind", [False, True], ids=["open", "blind"])
def test_the_header_is_seen_whole(room: Room, page: Page, blind: bool) -> None:
    room.sheets[0] = Sheet(1, blind=blind)
    page.set_viewport_size(PHONE)
    opened(page)
    assert page.evaluate("(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.body)") == 0
    for part in (".patient .id", ".queue-pos", ".topbar [popovertarget=keys]"):
        box = page.locator(part).bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]


def test_four_findings_stand_between_image_and_submit(phone: Page) -> None:
    assert phone.evaluate(WHOLE) >= 4


def test_the_selected_finding_is_in_sight_beside_the_image(phone: Page) -> None:
    press(phone, "8")
    row, footer = (phone.locator(part).bounding_box() for part in (".finding.is-current", "#panel > footer"))
    assert row and footer and row["y"] + row["height"] <= footer["y"]
    expect(phone.locator(".stage")).to_be_in_viewport(ratio=1)


def test_a_low_window_scrolls_as_a_whole(phone: Page) -> None:
    phone.set_viewport_size({"width": 390, "height": 420})
    press(phone, "8")
    expect(phone.locator(".finding.is-current")).to_be_in_viewport(ratio=1)
