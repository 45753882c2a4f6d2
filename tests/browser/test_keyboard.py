"""Pages by keyboard alone: Tab comes to every control, and shows where it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from overread.accounts.models import User
from overread.projects.models import Project, Role
from tests.factories import make_member

PATHS = (
    "/",
    "/preferences/",
    "/projects/{slug}/worklist/",
    "/projects/{slug}/upload/",
    "/projects/{slug}/images/{image}/",
    "/projects/{slug}/data/",
)

# Everything that can be worked: one stop for a radio group, as browsers have it.
CONTROLS = """() => {
  const groups = new Set();
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")];
  window.controls = all.filter((control) => {
    if (!control.checkVisibility({ visibilityProperty: true }) || control.disabled || control.type === "hidden") return false;
    if (control.type !== "radio") return true;
    const group = document.querySelector(`input[name="${control.name}"]:checked`) ?? control;
    return group === control && !groups.has(control.name) && groups.add(control.name);
  });
  window.reached = new Set();
  return window.controls.length;
}"""

# Marks where the focus is. What is wrong with how it shows, or null.
REACHED = """() => {
  const at = document.activeElement;
  window.reached.add(at);
  const shown = [at, at.closest("label"), at.parentElement].some((element) => {
    const style = element && getComputedStyle(element);
    return style && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  });
  const box = at.getBoundingClientRect();
  const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  return at === document.body || (shown && seen) ? null : at.outerHTML.slice(0, 120);
}"""

MISSED = "() => window.controls.filter((one) => !window.reached.has(one)).map((one) => one.outerHTML.slice(0, 120))"


def walk(page: Page) -> None:
    """Tab through the page once. Fails naming what the focus misses, and where it does not show."""
    for _ in range(page.evaluate(CONTROLS) + 2):
        page.keyboard.press("Tab")
        assert (wrong := page.evaluate(REACHED)) is None, f"The focus does not show on {wrong}"
    assert page.evaluate(MISSED) == []


@pytest.mark.parametrize("path", PATHS)
def test_tab_comes_to_every_control(
    path: str, furnished: Project, page: Page, signed_in: Callable[[User], Page]
) -> None:
    signed_in(make_member(furnished, Role.READER, Role.ANNOTATOR, name="rosa"))
    image = furnished.enrolments.filter(image__study__patient__reference=False).first().image_id
    page.goto(path.format(slug=furnished.slug, image=image))
    walk(page)


def test_tab_comes_to_every_control_of_the_reading_page(
    furnished: Project, page: Page, signed_in: Callable[[User], Page]
) -> None:
    signed_in(make_member(furnished, Role.READER))
    page.goto(f"/projects/{furnished.slug}/worklist/")
    page.get_by_role("button", name="Start with").click()
    expect(page.locator("body")).to_have_attribute("data-level", "full")
    walk(page)
