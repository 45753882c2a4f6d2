"""A real Chromium on a made-up reading room."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console import complaints
from tests.frontend.reading import room as rooms
from tests.frontend.reading.room import Room, Sheet
from tests.frontend.reading.serving import serving

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the tests' thread
expect.set_options(timeout=20_000)  # software graphics on busy cores


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    chromium = (
        os.environ.get("CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    flags = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
    return {"args": flags} | ({"executable_path": chromium} if chromium else {})


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as at:
        yield at


@pytest.fixture
def room() -> Room:
    """Three open cases of 512 pixels."""
    rooms.room = Room([Sheet(seed) for seed in (1, 2, 3)])
    return rooms.room


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of its own at 1440 x 900 whose console has to stay empty."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address)
    page = context.new_page()
    page.set_default_timeout(20_000)
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    yield page
    context.close()
    assert complaints(noise) == []


@pytest.fixture
def reading(room: Room, page: Page) -> Page:
    """The first case, with its full level on screen."""
    return opened(page)


def opened(page: Page) -> Page:
    page.goto("/")
    expect(page.locator("body")).to_have_attribute("data-level", "full")
    return page


def posted(page: Page, room: Room) -> list[dict[str, Any]]:
    """What the server was sent, once the page has nothing more to send: the next case opens before that."""
    expect(page.locator("body")).to_have_attribute("data-saved", "saved")
    return room.posts
