"""One patient, at once: from the page of an image into reading it and back, with the model beside the reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from labeling.models import Read
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import BlindFirst, Project
from tests.factories import make_champion, make_image, make_member, make_project


@pytest.fixture
def opened(transactional_db: None, page: Page, signed_in: Callable[[User], Page]) -> Callable[..., Project]:
    """The page of an image that two models have scored, before a reader; another image waits in the queue."""

    def open_it(**policies: object) -> Project:
        project = make_project(**policies)
        image: Image = make_image(project)
        make_image(project)
        for seed in range(2):
            make_champion(project, seed=seed)
        signed_in(make_member(project, "reader"))
        page.goto(f"/projects/{project.slug}/images/{image.pk}/")
        return project

    return open_it


def answer(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-level", "full")
    for _finding in range(2):
        page.keyboard.press("p")
    page.keyboard.press("Enter")


def test_confirming_on_the_spot_and_back(page: Page, opened: Callable[..., Project]) -> None:
    opened()
    page.get_by_role("button", name="Confirm or correct").click()
    answer(page)
    expect(page.get_by_text("Your read is stored.")).to_be_visible()
    expect(page.locator("dd", has_text="Present")).to_have_count(2)
    expect(page.get_by_role("button", name="Read it again")).to_be_visible()
    assert Read.objects.count() == 1


def test_a_blind_first_read_is_revealed_and_then_leads_back(page: Page, opened: Callable[..., Project]) -> None:
    opened(blind_first=BlindFirst.ALWAYS)
    expect(page.get_by_text("This case is read blind first")).to_be_visible()
    assert "model 1" not in page.content() and "threshold" not in page.content()
    page.get_by_role("button", name="Read it now").click()
    answer(page)
    expect(page.locator("body")).to_have_attribute("data-state", "revealed")
    answer(page)
    expect(page.get_by_text("Your read is stored.")).to_be_visible()
    expect(page.get_by_label("Model", exact=True)).to_be_visible()


def test_another_model_is_chosen_with_the_keyboard(page: Page, opened: Callable[..., Project]) -> None:
    opened()
    page.get_by_label("Model", exact=True).focus()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This model is not in use now.")).to_be_visible()
    assert page.url.endswith("?model=1")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_with_everything_on_it_is_accessible(theme: str, page: Page, opened: Callable[..., Project]) -> None:
    page.emulate_media(color_scheme="light" if theme == "light" else "dark")
    project = opened()
    page.get_by_role("button", name="Confirm or correct").click()
    answer(page)
    expect(page.get_by_text("Your read is stored.")).to_be_visible()
    for path in (page.url + "?model=1", f"/projects/{project.slug}/"):
        page.goto(path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
