"""axe, WCAG 2.2 AA, on the reading page in its states and widths."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.frontend.reading.conftest import opened
from tests.frontend.reading.room import Room, Sheet
from tests.frontend.reading.test_case_by_case import press

pytestmark = pytest.mark.browser
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (390, 844)], ids=["wide", "tablet", "phone"])
@pytest.mark.parametrize("blind", [False, True], ids=["open", "blind"])
def test_no_violation(room: Room, page: Page, blind: bool, size: tuple[int, int]) -> None:
    room.sheets[0] = Sheet(1, blind=blind)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page)
    press(page, "bb")
    assert violations(page) == []


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["wide", "phone"])
def test_no_violation_with_every_image_tool(reading: Page, size: tuple[int, int]) -> None:
    reading.set_viewport_size({"width": size[0], "height": size[1]})
    for key in ("d", "d", "q", "q", "Shift+D", "Shift+D", "Shift+Q", "Shift+Q", ".", "m"):
        reading.keyboard.press(key)
    assert violations(reading) == []
    reading.locator("[popovertarget=more-tools]").click()
    assert violations(reading) == []


@pytest.mark.parametrize("opening", ["?", "s"], ids=["sheet", "skip"])
def test_no_violation_in_a_dialog(reading: Page, opening: str) -> None:
    reading.keyboard.press(opening)
    assert violations(reading) == []


def test_every_mixed_kind(room: Room, page: Page) -> None:
    room.mixed = True
    opened(page)
    assert violations(page) == []


def test_the_finished_page(room: Room, page: Page) -> None:
    del room.sheets[1:]
    opened(page)
    press(page, "1aaaaaaaa")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-state", "finished")
    assert violations(page) == []
