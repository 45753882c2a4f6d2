"""Boxes and polygons by mouse and by keyboard."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FloatRect, Page, expect

from tests.frontend.reading.conftest import posted
from tests.frontend.reading.room import Room
from tests.frontend.reading.test_case_by_case import press, submit_all_absent

pytestmark = pytest.mark.browser


def stage(page: Page) -> FloatRect:
    frame = page.locator(".stage").bounding_box()
    assert frame
    return frame


def drag(page: Page, start: tuple[float, float], end: tuple[float, float], button: str = "left") -> None:
    frame = stage(page)
    page.mouse.move(frame["x"] + start[0] * frame["width"], frame["y"] + start[1] * frame["height"])
    page.mouse.down(button=button)  # type: ignore[arg-type]
    page.mouse.move(frame["x"] + end[0] * frame["width"], frame["y"] + end[1] * frame["height"], steps=4)
    page.mouse.up(button=button)  # type: ignore[arg-type]


def test_a_dragged_box_belongs_to_the_selected_finding(reading: Page, room: Room) -> None:
    press(reading, "6b")
    drag(reading, (0.4, 0.4), (0.6, 0.7))
    expect(reading.locator(".region .mark-label")).to_have_text("6 Nodule or mass")
    drawn = reading.locator("[data-drawn-regions]")
    expect(drawn).to_have_text("Nodule or mass: 1 region")
    press(reading, "6p")
    expect(drawn).to_have_text("Pneumonia: no region; 1 region for Nodule or mass")
    press(reading, "03a")
    reading.keyboard.press("Enter")
    expect(reading.locator("body")).to_have_attribute("data-case", room.sheets[1].assignment)
    (region,) = posted(reading, room)[0]["regions"]
    (x0, y0), (x1, y1) = region["points"]
    assert (region["finding"], region["kind"]) == ("nodule-or-mass", "box")
    assert 0 < x0 < x1 < 512 and (y1 - y0) == pytest.approx(0.3 * 512, abs=3)


def test_a_polygon_is_clicked_and_closed_by_enter(reading: Page) -> None:
    press(reading, "g")
    frame = stage(reading)
    for x, y in ((0.4, 0.4), (0.6, 0.4), (0.5, 0.6)):
        reading.mouse.click(frame["x"] + x * frame["width"], frame["y"] + y * frame["height"])
    reading.keyboard.press("Enter")
    expect(reading.locator(".region")).to_have_attribute("aria-label", re.compile("^Polygon for Atelectasis: "))


def test_a_box_is_placed_moved_resized_and_removed_by_keyboard(reading: Page) -> None:
    press(reading, "bb")
    region = reading.locator(".region")
    expect(region).to_be_focused()
    before = region.get_attribute("aria-label")
    reading.keyboard.press("Alt+ArrowRight")
    moved = region.get_attribute("aria-label")
    reading.keyboard.press("Shift+Alt+ArrowDown")
    resized = region.get_attribute("aria-label")
    assert len({before, moved, resized}) == 3
    reading.keyboard.press("Delete")
    expect(region).to_have_count(0)


def test_a_region_is_dragged_by_its_edge(reading: Page) -> None:
    press(reading, "bb")
    before = reading.locator(".region").get_attribute("aria-label")
    edge = reading.locator(".region .mark").bounding_box()
    assert edge
    reading.mouse.move(edge["x"] + edge["width"] / 2, edge["y"])
    reading.mouse.down()
    reading.mouse.move(edge["x"] + edge["width"] / 2 + 40, edge["y"] + 30, steps=3)
    reading.mouse.up()
    expect(reading.locator(".region")).not_to_have_attribute("aria-label", before or "")


def test_escape_drops_a_half_drawn_polygon_only(reading: Page) -> None:
    press(reading, "g")
    frame = stage(reading)
    reading.mouse.click(frame["x"] + 300, frame["y"] + 300)
    expect(reading.locator(".mark.live")).to_have_count(1)
    reading.keyboard.press("Escape")
    expect(reading.locator(".mark.live")).to_have_count(0)
    expect(reading.locator("body")).to_have_attribute("data-level", "full")


def test_marks_are_hidden_and_shown(reading: Page) -> None:
    press(reading, "bbo")
    expect(reading.locator(".region")).to_be_hidden()
    press(reading, "o")
    expect(reading.locator(".region")).to_be_visible()


def test_regions_come_back_with_the_case(reading: Page, room: Room) -> None:
    press(reading, "6bb6p03a")
    reading.keyboard.press("Enter")
    expect(reading.locator("body")).to_have_attribute("data-case", room.sheets[1].assignment)
    expect(reading.locator(".region")).to_have_count(0)
    assert posted(reading, room)
    press(reading, "z")
    expect(reading.locator(".region")).to_have_count(1)


def test_an_answer_that_its_region_contradicts_is_told_at_the_finding(reading: Page, room: Room) -> None:
    press(reading, "6bb")
    submit_all_absent(reading)
    told = reading.locator("[data-finding=nodule-or-mass] [data-error]")
    expect(told).to_contain_text("a region is drawn for it, but the answer is absent")
    expect(reading.locator("#left")).to_contain_text("Nodule or mass: a region is drawn")
    assert room.posts == []
    press(reading, "6u")
    expect(told).to_be_hidden()
    reading.keyboard.press("Enter")
    expect(reading.locator("body")).to_have_attribute("data-case", room.sheets[1].assignment)


def test_deleting_the_region_puts_it_right_too(reading: Page) -> None:
    press(reading, "5bb5a")
    told = reading.locator("[data-finding=effusion] [data-error]")
    expect(told).to_be_visible()
    reading.locator(".region").focus()
    reading.keyboard.press("Delete")
    expect(told).to_be_hidden()


def test_the_rest_is_not_marked_absent_where_a_region_is_drawn(reading: Page) -> None:
    press(reading, "5bb0")
    expect(reading.locator("#voice")).to_have_text(
        "5 findings marked absent. 2 above threshold left open. 1 with a region left open."
    )
    expect(reading.locator("[data-finding=effusion] input:checked")).to_have_count(0)


def test_the_right_button_changes_the_window(reading: Page) -> None:
    before = reading.locator("#status-window").text_content()
    drag(reading, (0.5, 0.5), (0.6, 0.4), button="right")
    expect(reading.locator("#status-window")).not_to_have_text(before or "")
    expect(reading.locator("#presets [aria-pressed=true]")).to_have_count(0)


def test_the_wheel_zooms_and_f_fits(reading: Page) -> None:
    fitted = reading.locator("#status-zoom").text_content() or ""
    frame = stage(reading)
    reading.mouse.move(frame["x"] + 200, frame["y"] + 200)
    reading.mouse.wheel(0, -300)
    expect(reading.locator("#status-zoom")).not_to_have_text(fitted)
    press(reading, "f")
    expect(reading.locator("#status-zoom")).to_have_text(fitted)
