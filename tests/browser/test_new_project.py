"""A project in two minutes: from an empty page to the first file, in a browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from overread.accounts.models import User
from overread.projects.models import Project
from tests.browser.test_pages import check, seen
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def founder() -> User:
    return make_user("founder", is_staff=True)


def test_it_is_made_by_keyboard(founder: User, page: Page, signed_in: Callable[[User], Page]) -> None:
    make_user("alice")
    signed_in(founder)
    page.goto("/")
    page.get_by_role("link", name="New project").press("Enter")
    page.get_by_label("Name", exact=True).fill("Ward 7")
    page.get_by_role("button", name="Begin with Bone age").press("Enter")
    expect(page.get_by_label("Name of the finding, 1")).to_have_value("Bone age")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ward 7")
    page.get_by_role("button", name="More lines").first.press("Enter")
    page.get_by_label("Name of the finding, 2").fill("Fracture")
    page.get_by_label("E-mail, 1").fill("alice@example.org")
    check_in_place(page)
    page.get_by_label("E-mail, 1").press("Enter")
    expect(page.get_by_role("heading", name="What next")).to_be_visible()
    project = Project.objects.get()
    assert list(project.findings.values_list("name", flat=True)) == ["Bone age", "Fracture"]


def check_in_place(page: Page) -> None:
    """Nothing went through a page of its own: what was typed stands there still."""
    expect(page.get_by_label("Name of the finding, 2")).to_have_value("Fracture")


def test_its_pages_can_be_read_by_everybody(founder: User, page: Page, signed_in: Callable[[User], Page]) -> None:
    signed_in(founder)
    seen(page, founder, "/projects/new/")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/projects/new/")
    page.get_by_role("button", name="Begin with Chest, 14 findings").click()
    expect(page.get_by_label("Name of the finding, 14")).to_have_value("Hernia")
    page.get_by_role("button", name="Make the project").last.click()
    expect(page.get_by_role("heading", name="What next")).to_be_visible()
    seen(page, founder, page.url)
    check(page, "/?all")
