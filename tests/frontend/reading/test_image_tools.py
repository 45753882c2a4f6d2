"""The image tools: turned images, the one key that resets, measures and values, the lens, fingers and pens."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import CDPSession, Locator, Page, expect

from tests.frontend.reading import pictures
from tests.frontend.reading import room as rooms
from tests.frontend.reading.conftest import opened, posted
from tests.frontend.reading.room import Room, Sheet
from tests.frontend.reading.test_case_by_case import press, submit_all_absent
from tests.frontend.reading.test_regions_on_image import drag, stage

pytestmark = pytest.mark.browser


def shown(page: Page, **facts: Any) -> Page:
    """A case of its own kind, and a plain one after it."""
    rooms.room = Room([Sheet(1, **facts), Sheet(2)])
    return opened(page)


def measure(page: Page) -> Locator:
    return page.locator(".measure")


def told(page: Page) -> str:
    return measure(page).get_attribute("aria-label") or ""


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the fitted, upright image lies in the window."""
    frame = stage(page)
    scale, left, top = map(float, (page.locator("#canvas").get_attribute("data-view") or "").split())
    return frame["x"] + left + x * scale, frame["y"] + top + y * scale


def line(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag between two points of the image."""
    page.mouse.move(*at(page, *start))
    page.mouse.down()
    page.mouse.move(*at(page, *end), steps=3)
    page.mouse.up()


def test_a_turned_image_says_so_until_it_is_upright(reading: Page) -> None:
    badge = reading.locator("#orientation")
    expect(badge).to_be_empty()
    press(reading, ".")
    expect(badge).to_have_text("Rotated 90° right")
    press(reading, "y")
    expect(badge).to_have_text("Rotated 90° right, mirrored")
    press(reading, "y,")
    expect(badge).to_be_empty()
    reading.keyboard.press("Shift+Y")
    expect(badge).to_have_text("Flipped top to bottom")


def test_the_next_case_starts_upright(reading: Page, room: Room) -> None:
    press(reading, ".dd")
    submit_all_absent(reading)
    expect(reading.locator("body")).to_have_attribute("data-drawn", room.sheets[1].assignment)
    expect(reading.locator("#orientation")).to_be_empty()
    expect(measure(reading)).to_have_count(0)
    (stored,) = posted(reading, room)[0]["measurements"]
    assert (stored["kind"], stored["frame"], len(stored["points"])) == ("length", 0, 2)
    assert stored["result"].endswith("mm at the detector")


def test_a_box_on_a_turned_image_is_stored_in_its_pixels(reading: Page, room: Room) -> None:
    press(reading, ".6b")
    drag(reading, (0.3, 0.1), (0.5, 0.4))
    press(reading, "6p03a")
    reading.keyboard.press("Enter")
    expect(reading.locator("body")).to_have_attribute("data-case", room.sheets[1].assignment)
    (x0, y0), (x1, y1) = posted(reading, room)[0]["regions"][0]["points"]
    assert (x0, x1) == (
        pytest.approx(0.1 * 512, abs=2),
        pytest.approx(0.4 * 512, abs=2),
    )  # down on screen is right in it
    assert y0 > 512 / 2 - 2  # and left on screen is down


def test_arrows_move_and_resize_as_seen(reading: Page) -> None:
    press(reading, ".bb")
    edge = reading.locator(".region .mark")
    before = edge.bounding_box()
    reading.keyboard.press("ArrowRight")
    reading.keyboard.press("Shift+ArrowDown")
    after = edge.bounding_box()
    assert before and after
    assert after["x"] > before["x"] + 4
    assert after["y"] == pytest.approx(before["y"], abs=1)
    assert after["height"] > before["height"] + 4
    assert after["width"] == pytest.approx(before["width"], abs=1)


def test_one_key_resets_the_image_and_nothing_else(reading: Page) -> None:
    view = reading.locator("#canvas").get_attribute("data-view") or ""
    press(reading, "2p6bbdd")
    press(reading, "w++i.y")
    press(reading, "x")
    expect(reading.locator("#voice")).to_have_text("Image as at the start. 1 measurement removed.")
    expect(reading.locator("#canvas")).to_have_attribute("data-view", view)
    expect(reading.locator("#status-window")).to_have_text("W 3200 L 1800")
    expect(reading.locator("[data-command=invert]")).to_have_attribute("aria-pressed", "false")
    expect(reading.locator("#orientation")).to_be_empty()
    expect(measure(reading)).to_have_count(0)
    expect(reading.locator(".region")).to_have_count(1)
    expect(reading.locator("[data-finding=cardiomegaly] input[value=present]")).to_be_checked()


def test_one_measurement_more_than_a_read_may_have_is_not_taken(page: Page) -> None:
    kept = {"kind": "probe", "points": [[9, 9]], "frame": 0, "result": "7"}
    shown(page, measurements=[kept] * 50)
    press(page, "dd")
    expect(page.locator("#voice")).to_have_text("A read has 50 measurements at most. Remove one first.")
    expect(measure(page)).to_have_count(50)
    measure(page).last.focus()
    page.keyboard.press("Delete")
    press(page, "d")
    expect(measure(page)).to_have_count(50)


def test_a_length_is_in_millimetres_of_both_spacings(page: Page) -> None:
    shown(page, spacing=[0.4, 0.1], spacing_kind="patient")
    press(page, "d")
    line(page, (100, 100), (200, 300))
    length = float(re.findall(r"Length: ([\d.]+) mm$", told(page))[0])
    assert length == pytest.approx(np.hypot(100 * 0.1, 200 * 0.4), abs=0.4)
    line_box, label_box = (measure(page).locator(part).bounding_box() for part in (".mark", "text"))
    assert line_box and label_box and 0 < label_box["x"] - (line_box["x"] + line_box["width"]) < 30
    expect(page.locator("#measure-note")).to_be_hidden()
    expect(page.locator("[data-command='tool.move']")).to_have_attribute("aria-pressed", "true")


def test_a_length_at_the_detector_and_one_without_spacing_say_so(page: Page) -> None:
    shown(page)
    press(page, "dd")
    expect(measure(page)).to_contain_text("mm at the detector")
    expect(page.locator("#measure-note")).to_have_text("Lengths at the detector, not corrected for magnification")
    shown(page, spacing=None, spacing_kind="unknown")
    press(page, "dd")
    expect(measure(page)).to_contain_text("px")
    expect(page.locator("#measure-note")).to_have_text("No pixel spacing: length in pixels")


def test_a_length_is_placed_moved_stretched_and_removed_by_keyboard(reading: Page) -> None:
    press(reading, "dd")
    expect(measure(reading)).to_be_focused()
    placed, start = told(reading), measure(reading).locator(".mark").get_attribute("d")
    reading.keyboard.press("ArrowUp")
    assert told(reading) == placed
    expect(measure(reading).locator(".mark")).not_to_have_attribute("d", start or "")
    reading.keyboard.press("Shift+ArrowRight")
    assert told(reading) != placed
    reading.keyboard.press("Delete")
    expect(measure(reading)).to_have_count(0)
    expect(reading.locator("#voice")).to_have_text("Measurement removed.")


def test_delete_takes_what_was_selected_last(reading: Page) -> None:
    press(reading, "ddbb")
    reading.keyboard.press("Delete")
    expect(measure(reading)).to_have_count(1)
    expect(reading.locator(".region:not(.measure)")).to_have_count(0)


def test_an_angle_is_three_clicks(reading: Page) -> None:
    reading.keyboard.press("Shift+D")
    for point in ((300, 200), (200, 200), (200, 100)):
        reading.mouse.click(*at(reading, *point))
    expect(measure(reading)).to_have_attribute("aria-label", re.compile(r"^Angle: (90|89\.\d|90\.\d)°$"))


def test_escape_drops_a_half_drawn_angle_only(reading: Page) -> None:
    reading.keyboard.press("Shift+D")
    reading.mouse.click(*at(reading, 300, 200))
    expect(measure(reading)).to_have_count(1)
    reading.keyboard.press("Escape")
    expect(measure(reading)).to_have_count(0)
    expect(reading.locator("body")).to_have_attribute("data-level", "full")


def test_a_region_of_interest_agrees_with_numpy(reading: Page) -> None:
    press(reading, "q")
    line(reading, (100, 120), (300, 260))
    mean, deviation, low, high, area, count = map(float, re.findall(r"[\d.]+", told(reading))[:6])
    values = pictures.chest(1, 512, 512).astype(float)
    y, x = np.mgrid[0:512, 0:512] + 0.5
    inside = values[((x - 200) / 100) ** 2 + ((y - 190) / 70) ** 2 <= 1]
    assert mean == pytest.approx(inside.mean(), rel=0.01)
    assert deviation == pytest.approx(inside.std(), rel=0.02)
    assert inside.min() <= low < high <= inside.max() + 60
    assert count == pytest.approx(inside.size, rel=0.03)
    assert area == pytest.approx(count * 0.14**2, rel=0.01)


def test_the_value_under_the_pointer_is_told_below_the_image(reading: Page) -> None:
    reading.keyboard.press("Shift+Q")
    reading.mouse.move(*at(reading, 120.5, 340.5))
    value = pictures.chest(1, 512, 512)[340, 120]
    expect(reading.locator("#status-probe")).to_have_text(f"x 120, y 340: value {value}")
    reading.mouse.click(*at(reading, 120.5, 340.5))
    expect(measure(reading)).to_have_attribute("aria-label", f"Point: value {value}, x 120, y 340")
    expect(reading.locator("#status-probe")).to_be_empty()


def test_values_wait_for_the_full_resolution(room: Room, page: Page) -> None:
    held: list[Any] = []
    page.route("**/1/512/512/full", lambda route: held.append(route))
    page.goto("/")
    expect(page.locator("body")).to_have_attribute("data-level", "half")
    press(page, "qq")
    expect(measure(page)).to_contain_text("Values follow with the full resolution")
    held[0].continue_()
    expect(measure(page)).to_contain_text("Mean")


def test_colour_has_values_but_no_window(page: Page) -> None:
    shown(page, kind="colour")
    expect(page.locator("[data-grey-only]:visible")).to_have_count(0)
    press(page, "l")
    expect(page.locator("#voice")).to_have_text("A colour image has no window.")
    page.keyboard.press("Shift+Q")
    page.mouse.move(*at(page, 10.5, 20.5))
    red, green, blue = pictures.lesion(1, 512, 512)[20, 10]
    expect(page.locator("#status-probe")).to_have_text(f"x 10, y 20: R {red}, G {green}, B {blue}")


def test_the_lens_is_moved_by_arrow_keys_and_put_away_by_escape(reading: Page) -> None:
    press(reading, "m")
    rim = reading.locator("#lens-rim")
    expect(rim).to_be_focused()
    before = rim.bounding_box()
    reading.keyboard.press("ArrowLeft")
    expect(rim).not_to_have_attribute("x", str(before and before["x"]))
    reading.keyboard.press("Escape")
    expect(rim).to_be_hidden()
    expect(reading.locator("body")).to_have_attribute("data-level", "full")


def test_a_tools_tooltip_names_its_key(reading: Page) -> None:
    told = "Length (D)"
    expect(reading.locator("[data-command='tool.length']")).to_have_attribute("title", told)
    expect(reading.locator("#more-tools [data-key='tool.angle']")).to_have_text("Shift+D")


def test_every_tool_that_is_used_less_is_reached_by_keyboard(reading: Page) -> None:
    reading.set_viewport_size({"width": 1024, "height": 600})
    reading.locator("[popovertarget=more-tools]").focus()
    reading.keyboard.press("Enter")
    expect(reading.locator("#more-tools")).to_be_visible()
    names = []
    for _ in range(8):
        reading.keyboard.press("Tab")
        names.append(reading.evaluate("document.activeElement.dataset.command"))
    tools = ["tool.angle", "tool.roi", "tool.probe", "magnify"]
    assert names == [*tools, "rotate.right", "rotate.left", "mirror", "flip"]
    reading.keyboard.press("Enter")
    expect(reading.locator("#orientation")).to_have_text("Flipped top to bottom")
    reading.keyboard.press("Escape")
    expect(reading.locator("#more-tools")).to_be_hidden()
    expect(reading.locator("[popovertarget=more-tools]")).to_be_focused()


def test_a_tool_taken_from_the_menu_closes_it(reading: Page) -> None:
    reading.locator("[popovertarget=more-tools]").click()
    reading.locator("[data-command='tool.angle']").click()
    expect(reading.locator("#more-tools")).to_be_hidden()
    expect(reading.locator("#marks")).to_have_attribute("data-tool", "angle")
    reading.locator("[popovertarget=more-tools]").click()
    reading.keyboard.press("q")
    expect(reading.locator("#more-tools")).to_be_hidden()
    expect(reading.locator("#marks")).to_have_attribute("data-tool", "roi")


@pytest.mark.parametrize("size", [(1440, 900), (1024, 600), (420, 800)], ids=["wide", "low", "phone"])
def test_every_tool_of_the_rail_is_in_sight_or_scrolled_to(reading: Page, size: tuple[int, int]) -> None:
    reading.set_viewport_size({"width": size[0], "height": size[1]})
    for tool in reading.locator(".toolbar button").all():
        tool.scroll_into_view_if_needed()
        box = tool.bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= size[0] + 1
        assert box["height"] >= 24 and box["width"] >= 24
        assert box["y"] + box["height"] <= size[1]


def test_what_is_measured_is_seen_though_marks_were_hidden(reading: Page) -> None:
    press(reading, "odd")
    expect(measure(reading)).to_be_visible()
    press(reading, "o")
    expect(measure(reading)).to_be_hidden()


def touches(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def touch(cdp: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def test_one_finger_moves_and_two_pinch(reading: Page) -> None:
    cdp, zoom = touches(reading), reading.locator("#status-zoom")
    fitted = zoom.text_content() or ""
    touch(cdp, "touchStart", (400, 400))
    touch(cdp, "touchMove", (440, 420))
    touch(cdp, "touchEnd")
    expect(zoom).to_have_text(fitted)
    moved = reading.locator("#canvas").get_attribute("data-view")
    touch(cdp, "touchStart", (400, 400), (500, 400))
    touch(cdp, "touchMove", (350, 400), (550, 400))
    touch(cdp, "touchEnd")
    expect(zoom).not_to_have_text(fitted)
    expect(reading.locator("#canvas")).not_to_have_attribute("data-view", moved or "")


def test_a_finger_carries_the_lens_and_leaves_the_image(reading: Page) -> None:
    cdp, view = touches(reading), reading.locator("#canvas").get_attribute("data-view") or ""
    press(reading, "m")
    touch(cdp, "touchStart", (400, 500))
    touch(cdp, "touchMove", (450, 560))
    touch(cdp, "touchEnd")
    lens = reading.locator("#lens-rim").bounding_box()
    assert lens and lens["x"] + lens["width"] / 2 == pytest.approx(450, abs=2)
    assert lens["y"] + lens["height"] < 580
    expect(reading.locator("#canvas")).to_have_attribute("data-view", view)


@pytest.mark.parametrize("key", ["b", "d", "q"])
def test_a_finger_draws_and_a_second_one_takes_it_back(reading: Page, key: str) -> None:
    cdp = touches(reading)
    press(reading, key)
    touch(cdp, "touchStart", (400, 400))
    touch(cdp, "touchMove", (480, 460))
    touch(cdp, "touchStart", (480, 460), (600, 400))
    touch(cdp, "touchMove", (470, 460), (620, 400))
    touch(cdp, "touchEnd")
    expect(reading.locator(".region, .mark.live")).to_have_count(0)
    touch(cdp, "touchStart", (400, 400))
    touch(cdp, "touchMove", (480, 460))
    touch(cdp, "touchEnd")
    expect(reading.locator(".region")).to_have_count(1)


def test_a_pen_draws(reading: Page) -> None:
    cdp = touches(reading)
    press(reading, "d")
    for kind, x in (("mousePressed", 400), ("mouseMoved", 450), ("mouseReleased", 500)):
        pen = {"type": kind, "x": x, "y": 400, "button": "left", "buttons": 1, "pointerType": "pen", "clickCount": 1}
        cdp.send("Input.dispatchMouseEvent", pen)
    expect(measure(reading)).to_be_focused()


def test_a_4k_screen_is_crisp_and_legible(reading: Page) -> None:
    reading.set_viewport_size({"width": 3840, "height": 2160})
    expect(reading.locator("#canvas")).to_have_js_property("width", 3840 - 96 - 642)
    sizes = reading.evaluate("""() => [".finding .fname", ".toolbar .tool span", "#status-zoom"].map((each) =>
      document.querySelector(each).getBoundingClientRect().height)""")
    assert min(sizes) >= 18
    footer = reading.locator("#panel > footer").bounding_box()
    assert footer and footer["y"] + footer["height"] <= 2160
    assert reading.evaluate("document.documentElement.scrollWidth") == 3840
