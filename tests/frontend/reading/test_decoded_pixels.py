"""Every coding that is read, on the canvas, frame by frame: within one 8-bit step of NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from overread.archive.dicom import Reader, Rendering, unpack
from tests.archive.dicom.decoding import Case, cases, file_of
from tests.frontend.reading import room as rooms
from tests.frontend.reading.room import Room, Sheet
from tests.frontend.reading.test_viewer_pixels import canvas, resampled, windowed

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def decoded() -> Iterator[list[tuple[Case, Rendering, np.ndarray]]]:
    """A case for every rendition that there is, and its pixels: what lossless codings keep is rendered alike."""
    with Reader() as reader:
        found: dict[Rendering, tuple[Case, Rendering, np.ndarray]] = {}
        for case in cases():
            stored = reader.take_in(file_of(case), key=b"canvas").content
            rendering = reader.render(stored)
            found.setdefault(rendering, (case, rendering, reader.pixels(stored)))
        yield list(found.values())


def kind(rendering: Rendering) -> tuple[bool, int]:
    return rendering.inverted, rendering.channels


@pytest.mark.parametrize(("inverted", "channels"), [(False, 1), (True, 1), (False, 3)])
def test_every_coding(page: Page, decoded, inverted: bool, channels: int) -> None:
    alike = [each for each in decoded if kind(each[1]) == (inverted, channels)]
    assert len(alike) > 1
    sheet = Sheet(
        1, inverted=inverted, kind="grey" if channels == 1 else "colour", renditions=[each[1] for each in alike]
    )
    rooms.room = Room([sheet])
    page.goto("/")
    for number, (case, rendering, stored) in enumerate(alike, 1):
        if number > 1:
            page.locator("#frame").press("ArrowRight")
            expect(page.locator("#status-frame")).to_have_text(f"Frame {number} of {len(alike)}")
        expect(page.locator("body")).to_have_attribute("data-level", "full")
        drawn, view = canvas(page)
        if channels == 3:
            colours = unpack(rendering.full, rendering.rows, rendering.columns, 3)
            if stored.dtype == np.uint8 and case.photometric != "PALETTE COLOR":
                assert np.array_equal(colours, stored)
            wanted, inside = resampled(colours, drawn.shape[:2], view)
        else:
            values, inside = resampled(stored, drawn.shape[:2], view)
            window = rendering.windows[0]
            wanted = windowed(values, window.center, window.width, window.function)
            wanted = (255 - wanted if inverted else wanted)[..., None]
        assert np.abs(drawn - np.where(inside[..., None], wanted, 0)).max() <= 1, case
