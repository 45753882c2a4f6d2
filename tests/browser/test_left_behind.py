"""A shared workstation: what the browser still shows of a person's work once they have signed out.

A real profile on disk, with the back/forward cache that Playwright otherwise switches off.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from overread.accounts.models import Session, User
from overread.archive import blobs
from overread.archive.models import Image
from overread.archive.queries import level_digest
from overread.projects.models import Project
from tests.factories import PASSWORD, make_image, make_member, make_project

pytestmark = pytest.mark.browser


@pytest.fixture
def context(
    playwright: Playwright, browser_type_launch_args: dict[str, Any], tmp_path: Path, live_server: Any
) -> Iterator[BrowserContext]:
    context = playwright.chromium.launch_persistent_context(
        tmp_path / "profile",
        base_url=live_server.url,
        viewport={"width": 1440, "height": 900},
        ignore_default_args=["--disable-back-forward-cache"],
        **browser_type_launch_args,
    )
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture
def image(transactional_db: None) -> Image:
    project = make_project()
    return make_image(project)


@pytest.fixture
def reader(image: Image) -> User:
    return make_member(Project.objects.get(), "reader")


def sign_in(page: Page, user: User) -> None:
    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name=str(user))).to_be_visible()


def sign_out(page: Page, user: User) -> None:
    page.get_by_role("button", name=str(user)).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


FETCH = """async url => {
  const got = await fetch(url, {redirect: "manual"});
  return [got.status, (await got.arrayBuffer()).byteLength];
}"""


def pixels(image: Image) -> list[str]:
    """Every address of an image's pixels."""
    below = f"projects/{Project.objects.get().slug}/images/{image.pk}"
    levels = [f"/images/{image.pk}/{level}" for level in ("full", "half", "thumb")]
    return [*levels, f"/api/v1/{below}/pixels/full", f"/{below}/picture"]


def pages(image: Image) -> list[str]:
    below = f"/projects/{Project.objects.get().slug}"
    return ["/", f"{below}/", f"{below}/worklist/", f"{below}/data/", f"{below}/images/{image.pk}/"]


def look_at_all(page: Page, image: Image) -> None:
    for address in pages(image):
        page.goto(address)
    for address in pixels(image):
        status, size = page.evaluate(FETCH, address)
        assert status == 200 and size, address


def refused(page: Page, image: Image) -> list[str]:
    """The addresses that still show something."""
    shown = [address for address in pixels(image) if page.evaluate(FETCH, address)[0] not in (0, 401)]
    for address in pages(image):
        page.goto(address)
        if not page.get_by_role("heading", name="Sign in").is_visible():
            shown.append(address)
    return shown


@pytest.mark.parametrize("ended", ["by hand", "by itself"])
def test_when_a_session_has_ended_no_address_shows_anything(
    context: BrowserContext, reader: User, image: Image, ended: str
) -> None:
    page = context.pages[0]
    sign_in(page, reader)
    look_at_all(page, image)
    page.evaluate("localStorage.setItem('overread.kept', 'an unsent read')")
    if ended == "by hand":
        sign_out(page, reader)
    else:
        Session.objects.all().delete()  # as after half an hour without use
    assert refused(page, image) == []
    assert page.evaluate("localStorage.getItem('overread.kept')") == "an unsent read"


def test_nothing_of_an_image_lies_on_the_disk(
    context: BrowserContext, reader: User, image: Image, tmp_path: Path
) -> None:
    page = context.pages[0]
    sign_in(page, reader)
    look_at_all(page, image)
    context.close()  # no sign-out: the window is closed, the power fails
    kept = b"".join(
        path.read_bytes() for path in (tmp_path / "profile").rglob("*") if "Cache" in str(path) and path.is_file()
    )
    assert b"frontend/static" in kept or b"/static/" in kept  # the cache is there, with what is public
    for level in ("full", "half", "thumb"):
        content = blobs.read(str(level_digest(image, level, 0)))
        assert content[64:192] not in kept, level
    assert str(image.pk).encode() not in kept


def test_the_way_back_shows_nothing(context: BrowserContext, reader: User, image: Image) -> None:
    page = context.pages[0]
    sign_in(page, reader)
    for address in pages(image):
        page.goto(address)
    sign_out(page, reader)
    for _ in pages(image):
        page.go_back()
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_another_tab_shows_nothing_any_more(context: BrowserContext, reader: User, image: Image) -> None:
    page, other = context.pages[0], context.new_page()
    sign_in(page, reader)
    other.goto(pages(image)[-1])
    expect(other.get_by_role("heading", level=1)).to_contain_text("PX-")
    sign_out(page, reader)
    expect(other.get_by_role("heading", name="Sign in")).to_be_visible()
