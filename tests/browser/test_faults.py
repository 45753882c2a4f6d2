"""On a slow line a third of all calls fail: every read is stored exactly once, and the page says the truth all the while."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from labeling.models import Assignment, Read
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.projects.models import Project, Role
from tests.console import complaints
from tests.factories import make_champion, make_member, make_project

pytestmark = pytest.mark.browser
CALLS = re.compile(r"/submit$|/heartbeat$|/skip$|/map/|/(half|full)$")
READS, STEPS = 50, 1500
SLOW = {
    "offline": False,
    "latency": 100,
    "downloadThroughput": 250_000,
    "uploadThroughput": 250_000,
}  # ms, bytes a second


class Weather:
    """Cuts or answers with an error a third of the calls it sees."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.failed: dict[str, int] = {}

    def __call__(self, route: Route) -> None:
        if self.random.random() >= 1 / 3:
            return route.continue_()
        fault = self.random.choice(("cut", "cut after", "500", "409"))
        self.failed[fault] = self.failed.get(fault, 0) + 1
        if fault == "cut":
            return route.abort("internetdisconnected")
        if fault == "cut after":  # it arrives, its answer does not
            route.fetch()
            return route.abort("connectionreset")
        return route.fulfill(status=int(fault), body="The line is bad.", content_type="text/plain")


@pytest.fixture
def queue(transactional_db: None) -> Project:
    project = make_project(images=READS, batch_size=READS)
    make_champion(project)
    queue_fill(project=project)
    return project


@pytest.fixture
def noise() -> list[str]:
    """The browser complains of every failed call; what the page itself says wrong is caught as an error still."""

    class Deaf(list[str]):
        def append(self, text: str) -> None:
            if complaints([text]):
                super().append(text)

    return Deaf()


def test_fifty_reads_in_bad_weather(
    queue: Project, page: Page, signed_in: Callable[[User], Page], live_server: object
) -> None:
    signed_in(make_member(queue, Role.READER))
    page.goto(f"/projects/{queue.slug}/worklist/")
    page.locator("form[action$='/read/'] button[type=submit]").first.click()
    body = page.locator("body")
    expect(body).to_have_attribute("data-level", "full")
    weather = Weather(seed=3)
    page.route(CALLS, weather)
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    submitted: set[str] = set()
    for _ in range(STEPS):
        case = step(page, submitted)
        truthful(page, submitted)
        if case == "finished":
            break
    expect(body).to_have_attribute("data-state", "finished")
    page.unroute_all(behavior="ignoreErrors")
    assert len(submitted) == READS
    reads = Read.objects.filter(project=queue)
    assert reads.count() == reads.values("image").distinct().count() == READS
    assert not Assignment.objects.filter(project=queue).exclude(state=Assignment.State.DONE).exists()
    assert len(weather.failed) == 4, weather.failed


def step(page: Page, submitted: set[str]) -> str:
    """What a reader does next: load the image again, ask again, or answer and press Enter. The case then on screen."""
    state = page.evaluate("() => ({...document.body.dataset})")
    if state["state"] == "finished":
        return "finished"
    if page.locator("#stage-retry").is_visible():
        press(page, "#stage-retry")
    elif state["case"] in submitted:  # the last one that was prepared: it waits for the server
        press(page, "#unsaved-retry")
        page.wait_for_timeout(100)
    elif state["level"] == "full":
        for key in ("1", "a", "p", "Enter"):
            page.keyboard.press(key)
        submitted.add(state["case"])
    else:
        page.wait_for_timeout(50)
    return str(state["case"])


def press(page: Page, button: str) -> None:
    """Where it shows; it may go in the moment it is pressed."""
    page.evaluate("(button) => document.querySelector(button + ':not([hidden])')?.click()", button)


def truthful(page: Page, submitted: set[str]) -> None:
    """Where the page says that all is saved, all is saved; where it does not, it says what is kept."""
    saved = page.locator("body").get_attribute("data-saved")
    stored = {str(pk) for pk in Read.objects.values_list("assignment", flat=True)}
    if saved == "saved":
        assert page.locator("#unsaved").is_hidden() or page.locator("body").get_attribute("data-saved") != "saved"
        assert submitted <= stored or page.locator("body").get_attribute("data-saved") != "saved"
    elif saved == "unsaved":
        text = page.locator("#unsaved-text").inner_text()
        assert "ot saved" in text or page.locator("body").get_attribute("data-saved") != "unsaved", text
