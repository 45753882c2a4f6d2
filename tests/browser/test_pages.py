"""Every page, for whoever may open it: no axe violation, nothing in the console, in both themes and on a narrow window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from overread.accounts.models import User
from overread.accounts.services import preferences_change
from overread.jobs.models import Job
from overread.projects.models import Project, Role
from tests.browser.rooms import PAGES
from tests.factories import make_member, make_user

SIGHTS = (("light", 1440, 900), ("dark", 1440, 900), ("light", 420, 800))  # theme, width and height


def check(page: Page, path: str, status: int = 200) -> None:
    answer = page.goto(path)
    assert answer is not None and answer.status == status, f"{path}: {answer and answer.status}"
    found = Axe().run(page)
    assert found.violations_count == 0, f"{path}: {found.generate_report()}"


def seen(page: Page, member: User | None, path: str, status: int = 200) -> None:
    """The page in every theme and width. Before sign-in there is one theme."""
    for theme, width, height in SIGHTS:
        if member:
            preferences_change(user=member, theme=theme)
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.set_viewport_size({"width": width, "height": height})
        check(page, path, status)
        scheme = page.evaluate("getComputedStyle(document.documentElement).colorScheme")
        assert member is None or scheme == theme, f"{path}: {scheme}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is wider than {width}"


@pytest.mark.parametrize("role", PAGES)
def test_pages_of_each_role(role: Role, furnished: Project, page: Page, signed_in: Callable[[User], Page]) -> None:
    signed_in(member := make_member(furnished, role))
    image = furnished.enrolments.filter(image__study__patient__reference=False).first().image_id
    for path in PAGES[role]:
        seen(page, member, path.format(slug=furnished.slug, image=image))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_reading_page(theme: str, furnished: Project, page: Page, signed_in: Callable[[User], Page]) -> None:
    signed_in(member := make_member(furnished, Role.READER))
    preferences_change(user=member, theme=theme)
    page.goto(f"/projects/{furnished.slug}/worklist/")
    page.get_by_role("button", name="Start with").click()
    expect(page.locator("body")).to_have_attribute("data-level", "full")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_operators_pages(furnished: Project, page: Page, signed_in: Callable[[User], Page]) -> None:
    signed_in(operator := make_user("operator", is_staff=True))
    rooms = ("jobs/", "audit/", f"jobs/{Job.objects.first().pk}/", "accounts/", f"accounts/{operator.pk}/")
    for path in (f"/operations/{room}" for room in rooms):
        seen(page, operator, path)


REFUSED = {"/no-such-page/": 404, "/projects/{slug}/settings/": 403, "/open/not-a-token": 404}


@pytest.mark.parametrize(("path", "status"), REFUSED.items())
def test_pages_that_refuse(
    path: str, status: int, furnished: Project, page: Page, noise: list[str], signed_in: Callable[[User], Page]
) -> None:
    signed_in(member := make_member(furnished, Role.READER))
    seen(page, member, path.format(slug=furnished.slug), status)
    while len(noise) < len(SIGHTS):  # Chromium says so of a page, too
        page.wait_for_event("console")
    assert all(f"status of {status}" in message for message in noise)
    noise.clear()


def test_signing_in_and_out(furnished: Project, page: Page) -> None:
    user = make_member(furnished, Role.READER, name="rosa")
    seen(page, None, "/sign-in/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("E-mail or password not recognised.")).to_be_visible()
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill("a-good-long-password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Your worklist")).to_be_visible()
    page.get_by_role("button", name=str(user)).click()
    assert Axe().run(page).violations_count == 0
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_the_theme_switch_is_taken_at_once_and_kept(
    furnished: Project, page: Page, signed_in: Callable[[User], Page]
) -> None:
    signed_in(member := make_member(furnished, Role.READER))
    page.goto("/preferences/")
    page.get_by_role("button", name=str(member)).click()
    with page.expect_response("**/preferences/theme") as told:
        page.get_by_role("button", name="Light").click()
    kind = told.value.request.header_value("content-type")
    assert kind and not kind.startswith("multipart/")  # which would wait with the files
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.goto(f"/projects/{furnished.slug}/worklist/")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"


def test_a_key_changed_on_the_preferences_page_holds_for_the_next_case(
    furnished: Project, page: Page, signed_in: Callable[[User], Page]
) -> None:
    signed_in(make_member(furnished, Role.READER))
    page.goto("/preferences/")
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_role("button", name="Change keys").click()
    page.get_by_role("button", name="Change the key of Invert").click()
    with page.expect_response("**/me/preferences/"):
        page.keyboard.press("Shift+K")
    page.goto(f"/projects/{furnished.slug}/worklist/")
    page.get_by_role("button", name="Start with").click()
    expect(page.locator("body")).to_have_attribute("data-level", "full")
    page.keyboard.press("Shift+K")
    expect(page.locator("[data-command=invert]")).to_have_attribute("aria-pressed", "true")
