"""The settings by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from overread.accounts.models import User
from overread.projects.models import Project, Role
from tests.factories import make_member


def test_after_a_mistake_the_keyboard_is_at_what_is_wrong(
    furnished: Project, page: Page, signed_in: Callable[[User], Page]
) -> None:
    signed_in(make_member(furnished, Role.ADMINISTRATOR))
    page.goto(f"/projects/{furnished.slug}/settings/")
    page.get_by_label("Share of picks about Nodule").fill("1.5")
    page.keyboard.press("Enter")
    expect(page.get_by_role("group", name="Nothing stored yet.")).to_be_focused()
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Share of picks about Nodule")).to_be_focused()
    expect(page.get_by_label("Share of picks about Nodule")).to_have_accessible_description(
        "A share is a number from 0 to 1."
    )
