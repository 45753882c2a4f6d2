"""Every page, for whoever may open it: no axe violation, nothing in the console, in both themes and on a narrow window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from overread.accounts.models import User
from overread.jobs.models import Job
from overread.projects.models import Project, Role
from tests.browser.rooms import PAGES
from tests.factories import make_member, make_user


def check(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None and answer.status == 200, f"{path}: {answer and answer.status}"
    found = Axe().run(page)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"


@pytest.mark.parametrize("role", PAGES)
def test_pages_of_each_role(role: Role, furnished: Project, page: Page, signed_in: Callable[[User], Page]) -> None:
    signed_in(make_member(furnished, role))
    image = furnished.enrolments.filter(image__study__patient__reference=False).first().image_id
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        for path in PAGES[role]:
            check(page, path.format(slug=furnished.slug, image=image))
    page.set_viewport_size({"width": 390, "height": 844})
    for path in PAGES[role]:
        page.goto(path.format(slug=furnished.slug, image=image))
        assert page.evaluate("document.documentElement.scrollWidth") <= 391, f"{path} is wider than a narrow window"


def test_the_reading_page(furnished: Project, page: Page, signed_in: Callable[[User], Page]) -> None:
    signed_in(make_member(furnished, Role.READER))
    page.goto(f"/projects/{furnished.slug}/worklist/")
    page.get_by_role("button", name="Start with").click()
    expect(page.locator("body")).to_have_attribute("data-level", "full")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_operators_pages(furnished: Project, page: Page, signed_in: Callable[[User], Page]) -> None:
    signed_in(make_user("operator", is_staff=True))
    for path in ("/operations/jobs/", "/operations/audit/", f"/operations/jobs/{Job.objects.first().pk}/"):
        check(page, path)


def test_signing_in_and_out(furnished: Project, page: Page) -> None:
    user = make_member(furnished, Role.READER, name="rosa")
    check(page, "/sign-in/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("E-mail or password not recognised.")).to_be_visible()
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill("a-good-long-password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your worklist")).to_be_visible()
    page.get_by_role("button", name=str(user)).click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
