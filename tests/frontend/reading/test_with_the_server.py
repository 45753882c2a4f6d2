"""The island with the product's own server: what contract.ts says is what the views send."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from labeling.models import Read
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.projects.models import Membership, Project, Role
from tests.console import complaints
from tests.factories import make_champion, make_image, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def signed_in(browser: Browser, live_server: LiveServer, reader: User) -> Iterator[Page]:
    client = Client()
    client.force_login(reader)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    noise: list[str] = []
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    yield page
    context.close()
    assert complaints(noise) == []


def body(page: Page, **attributes: str) -> None:
    for name, value in attributes.items():
        expect(page.locator("body")).to_have_attribute(f"data-{name}", value)


def test_two_cases_are_read_and_one_is_undone(signed_in: Page, project: Project) -> None:
    for _ in range(2):
        make_image(project)
    make_champion(project)
    signed_in.goto(f"/projects/{project.slug}/worklist/")
    signed_in.locator("form[action$='/read/'] button[type=submit]").first.click()
    body(signed_in, level="full", saved="saved")
    for case in (1, 2):
        for key in ("d", "d", "1", "a", "p", "Enter"):
            signed_in.keyboard.press(key)
        expect(signed_in.locator("[data-undo-text]")).to_be_visible()
        body(signed_in, **({"level": "full"} if case == 1 else {"state": "finished"}))
    assert Read.objects.count() == 2
    signed_in.keyboard.press("z")
    body(signed_in, level="full")
    expect(signed_in.locator("[data-finding=nodule] input[value=present]")).to_be_checked()
    expect(signed_in.locator(".measure")).to_be_visible()


def test_a_phone_shows_the_worklists_pictures(signed_in: Page, project: Project) -> None:
    make_image(project)
    queue_fill(project=project)
    signed_in.set_viewport_size({"width": 390, "height": 844})
    signed_in.goto(f"/projects/{project.slug}/worklist/")
    picture = signed_in.locator("img.thumb").bounding_box()
    assert picture and (picture["width"], picture["height"]) == (44, 44)
    assert signed_in.evaluate("document.querySelector('.wl .scroll').scrollWidth") <= 390


def test_a_dropped_file_is_stored_and_a_bad_one_explained(signed_in: Page, project: Project, reader: User) -> None:
    Membership.objects.create(project=project, user=reader, role=Role.ADMINISTRATOR)
    signed_in.goto(f"/projects/{project.slug}/upload/")
    signed_in.set_input_files(
        "input[type=file]",
        files=[
            {"name": "chest.png", "mimeType": "image/png", "buffer": picture()},
            {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no image"},
        ],
    )
    rows = signed_in.locator("#upload-list li")
    expect(rows.nth(0).locator("[data-status]")).to_have_text("Stored")
    expect(rows.nth(1)).to_have_attribute("data-state", "refused")


def test_the_worklist_sends_what_an_earlier_page_kept(signed_in: Page, project: Project) -> None:
    for _ in range(2):
        make_image(project)
    queue_fill(project=project)
    signed_in.goto(f"/projects/{project.slug}/worklist/")
    signed_in.locator("form[action$='/read/'] button[type=submit]").first.click()
    body(signed_in, level="full", saved="saved")
    signed_in.route("**/submit", lambda route: route.abort("internetdisconnected"))
    for key in ("1", "a", "p", "Enter"):
        signed_in.keyboard.press(key)
    body(signed_in, saved="unsaved")
    signed_in.goto(f"/projects/{project.slug}/worklist/")
    kept = signed_in.locator("#kept-reads")
    expect(kept).to_contain_text("1 read is kept on this computer and not saved yet.")
    signed_in.unroute("**/submit")
    with signed_in.expect_navigation():
        kept.get_by_role("button").click()
    expect(kept).to_be_hidden()
    assert Read.objects.count() == 1
