"""Leafing through the frames of an image."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.frontend.reading import pictures
from tests.frontend.reading.conftest import opened, posted
from tests.frontend.reading.room import WINDOWS, Room, Sheet
from tests.frontend.reading.test_accessibility import violations
from tests.frontend.reading.test_viewer_pixels import canvas, resampled, windowed

pytestmark = pytest.mark.browser


@pytest.fixture
def clip(room: Room, page: Page) -> Page:
    """A case of 30 frames, each another picture."""
    room.sheets[0] = Sheet(1, frames=30)
    return opened(page)


def shows(page: Page, frame: int) -> None:
    expect(page.locator("#status-frame")).to_have_text(f"Frame {frame} of 30")
    expect(page.locator("body")).to_have_attribute("data-level", "full")


def differs(page: Page, frame: int) -> float:
    """How far the canvas is from a frame's picture at most, in 8-bit steps."""
    drawn, view = canvas(page)
    expected, inside = resampled(pictures.chest(frame, 512, 512), drawn.shape[:2], view)
    _, center, width, function = WINDOWS[1]
    return float(abs(drawn[..., 0] - windowed(expected, center, width, function))[inside].max())


def test_an_image_of_one_frame_has_no_slider(reading: Page) -> None:
    expect(reading.locator("#frames")).to_be_hidden()
    expect(reading.locator("#status-frame")).to_have_text("")


def test_the_arrow_keys_leaf_and_stop_at_both_ends(clip: Page) -> None:
    shows(clip, 1)
    clip.keyboard.press("ArrowLeft")
    shows(clip, 1)
    for _ in range(3):
        clip.keyboard.press("ArrowRight")
    shows(clip, 4)
    clip.keyboard.press("ArrowLeft")
    shows(clip, 3)


def test_the_slider_goes_anywhere_and_says_where(clip: Page) -> None:
    slider = clip.get_by_role("slider", name="Frame")
    slider.focus()
    clip.keyboard.press("End")
    shows(clip, 30)
    expect(slider).to_have_attribute("aria-valuetext", "Frame 30 of 30")


def test_the_wheel_leafs_with_shift_held(clip: Page) -> None:
    clip.mouse.move(500, 400)
    clip.keyboard.down("Shift")
    clip.mouse.wheel(0, 180)
    clip.keyboard.up("Shift")
    shows(clip, 4)


def test_window_and_view_stay_from_frame_to_frame(clip: Page) -> None:
    canvas_on_page = clip.locator("#canvas")
    fitted = str(canvas_on_page.get_attribute("data-view"))
    clip.keyboard.press("w")
    clip.keyboard.press("+")
    expect(canvas_on_page).not_to_have_attribute("data-view", fitted)
    view = canvas_on_page.get_attribute("data-view")
    clip.keyboard.press("ArrowRight")
    shows(clip, 2)
    assert canvas_on_page.get_attribute("data-view") == view
    assert differs(clip, 2) <= 1


def test_neighbours_are_fetched_ahead(clip: Page, room: Room) -> None:
    with clip.expect_response("**/full?frame=4") as four:
        clip.keyboard.press("ArrowRight")
    assert four.value.ok and any(url.endswith("full?frame=3") for url in room.asked)


def test_a_region_stays_with_its_frame(clip: Page, room: Room) -> None:
    clip.keyboard.press("ArrowRight")
    shows(clip, 2)
    for key in ("6", "p", "6", "b", "b"):
        clip.keyboard.press(key)
    region = clip.locator("#marks .region")
    expect(region).to_be_visible()
    clip.keyboard.press("6")
    clip.keyboard.press("ArrowRight")
    shows(clip, 3)
    expect(region).to_be_hidden()
    for key in ("0", "3", "a", "Enter"):
        clip.keyboard.press(key)
    expect(clip.locator("[data-undo-text]")).to_be_visible()
    assert [region["frame"] for region in posted(clip, room)[0]["regions"]] == [1]


def test_a_measurement_stays_with_its_frame(clip: Page, room: Room) -> None:
    clip.keyboard.press("ArrowRight")
    shows(clip, 2)
    for key in ("d", "d"):
        clip.keyboard.press(key)
    measure = clip.locator(".measure")
    expect(measure).to_be_visible()
    clip.keyboard.press("6")
    clip.keyboard.press("ArrowRight")
    shows(clip, 3)
    expect(measure).to_be_hidden()
    clip.keyboard.press("ArrowLeft")
    shows(clip, 2)
    expect(measure).to_be_visible()
    clip.keyboard.press("ArrowRight")
    shows(clip, 3)
    for key in ("0", "3", "a", "6", "a", "Enter"):
        clip.keyboard.press(key)
    expect(clip.locator("[data-undo-text]")).to_be_visible()
    (stored,) = posted(clip, room)[0]["measurements"]
    assert stored["frame"] == 1 and stored["result"].endswith("mm at the detector")


def test_the_next_case_begins_with_its_first_frame(clip: Page, room: Room) -> None:
    clip.keyboard.press("ArrowRight")
    shows(clip, 2)
    for key in ("0", "3", "a", "6", "a", "Enter"):
        clip.keyboard.press(key)
    expect(clip.locator("body")).to_have_attribute("data-drawn", room.sheets[1].assignment)
    expect(clip.locator("#frames")).to_be_hidden()


def test_the_revealed_case_stays_on_its_frame(room: Room, page: Page) -> None:
    room.sheets[0] = Sheet(1, frames=30, blind=True)
    clip = opened(page)
    clip.keyboard.press("ArrowRight")
    shows(clip, 2)
    clip.keyboard.press("0")
    clip.keyboard.press("Enter")
    expect(clip.locator("body")).to_have_attribute("data-state", "revealed")
    shows(clip, 2)


def test_the_heat_map_is_of_the_first_frame_alone(clip: Page) -> None:
    chosen = clip.locator("input[name=map]:checked")
    for key in ("3", "h"):
        clip.keyboard.press(key)
    expect(clip.locator("#map-note")).to_be_visible()
    clip.keyboard.press("ArrowRight")
    expect(clip.locator("#map-note")).to_be_hidden()
    clip.keyboard.press("h")
    expect(clip.locator("#voice")).to_have_text("Heat map off: the model has looked at the first frame alone.")
    expect(chosen).to_have_value("")
    clip.keyboard.press("ArrowLeft")
    shows(clip, 1)
    clip.keyboard.press("h")
    expect(clip.locator("#map-note")).to_be_visible()


def test_no_violation(clip: Page) -> None:
    assert violations(clip) == []
