"""axe, WCAG 2.2 AA, on the reading page in its states and widths."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from overread.accounts.models import Preferences
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
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_violation_in_a_dialog(room: Room, page: Page, theme: str, opening: str) -> None:
    room.preferences = Preferences(theme=theme)
    opened(page)
    page.keyboard.press(opening)
    assert violations(page) == []


@pytest.mark.parametrize("size", [(1440, 900), (420, 800)], ids=["wide", "phone"])
def test_no_violation_in_the_light_theme(room: Room, page: Page, size: tuple[int, int]) -> None:
    room.sheets[0] = Sheet(1, blind=True)
    room.preferences = Preferences(theme="light")
    page.set_viewport_size({"width": size[0], "height": size[1]})
    opened(page)
    assert violations(page) == []
    press(page, "0")
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_have_attribute("data-state", "revealed")
    press(page, "1pbbh")
    assert violations(page) == []


def test_the_image_lies_on_black_in_every_theme(room: Room, page: Page) -> None:
    for theme in ("light", "dark"):
        room.preferences = Preferences(theme=theme)
        opened(page)
        assert page.evaluate("getComputedStyle(document.querySelector('.stage')).backgroundColor") == "oklch(0 0 0)"


def test_the_chosen_answer_shows_in_forced_colours(reading: Page) -> None:
    reading.emulate_media(forced_colors="active")
    press(reading, "1p")
    chosen = reading.locator("[data-finding=atelectasis] label:has(:checked)")
    assert chosen.evaluate("label => getComputedStyle(label).outlineStyle") == "solid"


def test_nothing_moves_for_those_who_ask_for_rest(reading: Page) -> None:
    reading.emulate_media(reduced_motion="reduce")
    reading.keyboard.press("?")
    assert reading.evaluate("document.getAnimations().length") == 0


def test_everything_can_be_reached_at_200_percent(room: Room, page: Page) -> None:
    page.set_viewport_size({"width": 720, "height": 450})  # what 1440 x 900 is at that zoom
    opened(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 720
    for part in ("#canvas", "[data-finding=pneumothorax]", "#comment", "#panel [type=submit]", "[data-command=skip]"):
        page.locator(part).scroll_into_view_if_needed()
        expect(page.locator(part)).to_be_in_viewport()


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
