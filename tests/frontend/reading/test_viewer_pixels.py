"""The canvas against NumPy, to one 8-bit step."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from tests.frontend.reading import pictures
from tests.frontend.reading import room as rooms
from tests.frontend.reading.room import WINDOWS, Room, Sheet

pytestmark = pytest.mark.browser

READ_BACK = """() => {
  const canvas = document.querySelector('#canvas');
  canvas.dispatchEvent(new Event('overread:draw'));
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', {willReadFrequently: true});
  copy.drawImage(canvas, 0, 0);
  const pixels = copy.getImageData(0, 0, canvas.width, canvas.height).data;
  let text = '';
  for (let at = 0; at < pixels.length; at += 32768) text += String.fromCharCode(...pixels.subarray(at, at + 32768));
  return [canvas.width, canvas.height, canvas.dataset.view, btoa(text)];
}"""


def canvas(page: Page) -> tuple[NDArray[np.uint8], tuple[float, float, float]]:
    """What is drawn, shape (height, width, 3), and the view (scale, x, y) in device pixels."""
    width, height, view, data = page.evaluate(READ_BACK)
    pixels = np.frombuffer(base64.b64decode(data), np.uint8).reshape(height, width, 4)[..., :3]
    scale, x, y = map(float, view.split())
    return pixels, (scale, x, y)


def weights(pixels: int, start: float, scale: float, texels: int) -> NDArray[np.float64]:
    """Share of each texel in each canvas pixel's box along one axis, (pixels, texels); zero rows lie outside."""
    centre = (np.arange(pixels)[:, None] + 0.5 - start) / scale
    side = max(1 / scale, 1.0)
    edges = np.arange(texels)[None, :]
    overlap = np.clip(np.minimum(centre + side / 2, edges + 1) - np.maximum(centre - side / 2, edges), 0, None)
    overlap[((centre < 0) | (centre > texels))[:, 0]] = 0
    total = overlap.sum(axis=1, keepdims=True)
    return np.divide(overlap, total, out=np.zeros_like(overlap), where=total > 0)


def resampled(
    picture: NDArray[Any], shape: tuple[int, int], view: tuple[float, float, float], aspect: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Values under each canvas pixel, and which of them lie on the image. `aspect`: height of a pixel by its width."""
    scale, x, y = view
    down = weights(shape[0], y, scale * max(aspect, 1), picture.shape[0])
    across = weights(shape[1], x, scale * max(1 / aspect, 1), picture.shape[1])
    inside = (down.sum(axis=1) > 0)[:, None] & (across.sum(axis=1) > 0)[None, :]
    return np.einsum("ij,jk...,lk->il...", down, picture.astype(np.float64), across, optimize=True), inside


def windowed(values: NDArray[np.float64], center: float, width: float, function: str) -> NDArray[np.float64]:
    """DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3, to 0..255."""
    if function == "SIGMOID":
        return 255 / (1 + np.exp(-4 * (values - center) / width))
    if function == "LINEAR_EXACT":
        return np.clip((values - center) / width + 0.5, 0, 1) * 255
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1) * 255


def open_case(page: Page, **facts: Any) -> None:
    rooms.room = Room([Sheet(1, rows=700, columns=612, **facts)])
    page.goto("/")
    expect(page.locator("body")).to_have_attribute("data-level", "full")


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("zoom", [0, 2, 8], ids=["fitted", "closer", "closest"])
def test_grey_is_within_one_step_of_numpy(page: Page, inverted: bool, zoom: int) -> None:
    open_case(page, inverted=inverted)
    for _ in range(zoom):
        page.keyboard.press("+")
    drawn, view = canvas(page)
    values, inside = resampled(pictures.chest(1, 700, 612), drawn.shape[:2], view)
    wanted = windowed(values, *WINDOWS[0][1:])
    wanted = np.where(inside, 255 - wanted if inverted else wanted, 0)
    assert np.abs(drawn[..., 0] - wanted).max() <= 1


def test_minified_is_the_mean_of_the_box(page: Page) -> None:
    page.set_viewport_size({"width": 1024, "height": 560})
    open_case(page)
    drawn, view = canvas(page)
    values, inside = resampled(pictures.chest(1, 700, 612), drawn.shape[:2], view)
    assert view[0] < 0.75
    assert np.abs(drawn[..., 0] - np.where(inside, windowed(values, *WINDOWS[0][1:]), 0)).max() <= 1


CURVE = [round(float(grey), 5) for grey in np.linspace(0, 1, 300) ** 0.4 * 0.9]


@pytest.mark.parametrize("inverted", [False, True])
def test_a_voi_lut_is_shown_through_its_table(page: Page, inverted: bool) -> None:
    open_case(page, table=CURVE, inverted=inverted)
    drawn, view = canvas(page)
    values, inside = resampled(pictures.chest(1, 700, 612), drawn.shape[:2], view)
    wanted = 255 * np.interp(values, np.linspace(0, 4095, len(CURVE)), CURVE)
    assert np.abs(drawn[..., 0] - np.where(inside, 255 - wanted if inverted else wanted, 0)).max() <= 1


def test_dragging_the_window_stretches_the_table(page: Page) -> None:
    open_case(page, table=CURVE)
    page.keyboard.press("l")
    page.mouse.move(500, 400)
    page.mouse.down()
    page.mouse.move(600, 400, steps=4)
    page.mouse.up()
    drawn, view = canvas(page)
    values, inside = resampled(pictures.chest(1, 700, 612), drawn.shape[:2], view)
    reach = 4095 * 2**0.5 / 2
    wanted = 255 * np.interp(values, np.linspace(2047.5 - reach, 2047.5 + reach, len(CURVE)), CURVE)
    assert np.abs(drawn[..., 0] - np.where(inside, wanted, 0)).max() <= 1
    expect(page.locator("#status-window")).to_have_text("W 5791 L 2048 table")


TURNS = {
    ".": lambda picture: np.rot90(picture, -1),
    ",": np.rot90,
    "..": lambda picture: np.rot90(picture, 2),
    "y": np.fliplr,
    "Y": np.flipud,
    ".y": lambda picture: np.fliplr(np.rot90(picture, -1)),
    "y.": lambda picture: np.rot90(np.fliplr(picture), -1),
    ".Y": lambda picture: np.flipud(np.rot90(picture, -1)),
}


@pytest.mark.parametrize("keys", TURNS)
def test_turned_and_mirrored_as_numpy_does(page: Page, keys: str) -> None:
    open_case(page)
    for key in keys:
        page.keyboard.press("Shift+Y" if key == "Y" else key)
    drawn, view = canvas(page)
    values, inside = resampled(TURNS[keys](pictures.chest(1, 700, 612)), drawn.shape[:2], view)
    assert np.abs(drawn[..., 0] - np.where(inside, windowed(values, *WINDOWS[0][1:]), 0)).max() <= 1


def test_the_lens_shows_its_middle_enlarged(page: Page) -> None:
    open_case(page)
    before, view = canvas(page)
    page.mouse.move(520, 400)
    page.keyboard.press("m")
    after, _ = canvas(page)
    frame = page.locator(".stage").bounding_box()
    assert frame
    x, y = 520 - frame["x"], 400 - frame["y"]
    larger = (view[0] * 2.5, x - (x - view[1]) * 2.5, y - (y - view[2]) * 2.5)
    values, _ = resampled(pictures.chest(1, 700, 612), after.shape[:2], larger)
    inside = np.zeros(after.shape[:2], bool)
    inside[round(y - 110) + 1 : round(y + 110) - 1, round(x - 110) + 1 : round(x + 110) - 1] = True
    assert np.abs(after[..., 0] - windowed(values, *WINDOWS[0][1:]))[inside].max() <= 1
    outside = np.ones(after.shape[:2], bool)
    outside[round(y - 111) : round(y + 112), round(x - 111) : round(x + 112)] = False
    assert (after == before)[outside].all()


def test_a_lost_context_comes_back_as_it_was(page: Page) -> None:
    open_case(page, table=CURVE)
    for key in ".yi3h":
        page.keyboard.press(key)
    expect(page.locator("#map-note")).to_be_visible()
    before, _ = canvas(page)
    page.evaluate(
        "(window.loss = document.querySelector('#canvas').getContext('webgl2').getExtension('WEBGL_lose_context')).loseContext()"
    )
    expect(page.locator("body")).to_have_attribute("data-level", "none")
    page.evaluate("window.loss.restoreContext()")
    expect(page.locator("body")).to_have_attribute("data-level", "full")
    after, _ = canvas(page)
    assert (after == before).all()


@pytest.mark.parametrize("preset", [1, 2, 3], ids=[window[0] for window in WINDOWS[1:]])
def test_every_window_function(page: Page, preset: int) -> None:
    open_case(page)
    for _ in range(preset):
        page.keyboard.press("w")
    drawn, view = canvas(page)
    values, inside = resampled(pictures.chest(1, 700, 612), drawn.shape[:2], view)
    assert np.abs(drawn[..., 0] - np.where(inside, windowed(values, *WINDOWS[preset][1:]), 0)).max() <= 1


def test_the_readers_inversion_turns_the_polarity_round(page: Page) -> None:
    open_case(page, inverted=True)
    before, _ = canvas(page)
    page.keyboard.press("i")
    after, view = canvas(page)
    _, inside = resampled(pictures.chest(1, 700, 612), before.shape[:2], view)
    assert np.abs(before[inside].astype(int) + after[inside] - 255).max() <= 1


def test_colour_has_no_window(page: Page) -> None:
    open_case(page, kind="colour")
    drawn, view = canvas(page)
    values, inside = resampled(pictures.lesion(1, 700, 612), drawn.shape[:2], view)
    assert np.abs(drawn - np.where(inside[..., None], values, 0)).max() <= 1


def test_the_map_tints_only_where_attention_is_strong(page: Page) -> None:
    open_case(page)
    before, _ = canvas(page)
    page.keyboard.press("3")
    page.keyboard.press("h")
    expect(page.locator("#map-note")).to_be_visible()
    after, _ = canvas(page)
    tinted = (after != before).any(axis=2)
    assert 0.005 < tinted.mean() < 0.2
    assert (after[tinted][:, 0] >= after[tinted][:, 2]).all()  # amber


@pytest.mark.parametrize("aspect", [2.0, 0.5])
def test_pixels_that_are_not_square_are_drawn_in_their_shape(page: Page, aspect: float) -> None:
    open_case(page, aspect=aspect)
    drawn, view = canvas(page)
    values, inside = resampled(pictures.chest(1, 700, 612), drawn.shape[:2], view, aspect)
    assert np.abs(drawn[..., 0] - np.where(inside, windowed(values, *WINDOWS[0][1:]), 0)).max() <= 1
    tall, wide = inside.any(axis=1).sum(), inside.any(axis=0).sum()
    assert tall / wide == pytest.approx(700 / 612 * aspect, rel=0.01)


@pytest.mark.parametrize("inverted", [False, True])
def test_padding_is_black_and_takes_no_part_in_a_mean(page: Page, inverted: bool) -> None:
    page.set_viewport_size({"width": 1024, "height": 560})
    open_case(page, inverted=inverted, padding=[0, 1100])
    drawn, view = canvas(page)
    picture = pictures.chest(1, 700, 612)
    measured = picture > 1100
    sums, inside = resampled(np.where(measured, picture, 0), drawn.shape[:2], view)
    shares, _ = resampled(measured, drawn.shape[:2], view)
    there = shares > 1e-3
    values = np.divide(sums, shares, out=np.zeros_like(sums), where=there)
    wanted = windowed(values, *WINDOWS[0][1:])
    wanted = np.where(inside & there, 255 - wanted if inverted else wanted, 0)
    clear = np.abs(shares - 1e-3) > 5e-4  # where a sliver decides, rounding does
    assert np.abs(drawn[..., 0] - wanted)[clear].max() <= 1


def test_a_frame_has_its_own_window(page: Page) -> None:
    own = [("File", 1800, 3200, "LINEAR"), ("File", 900, 1600, "LINEAR")]
    open_case(page, frames=2, frame_windows=own)
    page.locator("#frame").press("ArrowRight")
    expect(page.locator("#status-frame")).to_have_text("Frame 2 of 2")
    expect(page.locator("body")).to_have_attribute("data-level", "full")
    expect(page.locator("#status-window")).to_have_text("W 1600 L 900")
    drawn, view = canvas(page)
    values, inside = resampled(pictures.chest(2, 700, 612), drawn.shape[:2], view)
    assert np.abs(drawn[..., 0] - np.where(inside, windowed(values, *own[1][1:]), 0)).max() <= 1
