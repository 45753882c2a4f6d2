"""A skipped case is taken back from the worklist, by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from labeling.services import assignment_claim, assignment_skip
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.projects.models import Role
from tests.browser.test_pages import seen
from tests.factories import make_image, make_member, make_project

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_is_taken_back(page: Page, signed_in: Callable[[User], Page]) -> None:
    project = make_project(images=2)
    make_image(project)
    queue_fill(project=project)
    reader = make_member(project, Role.READER)
    case = assignment_claim(project=project, reader=reader)
    assert case is not None
    assignment_skip(assignment=case, reader=reader, reason="Not my field")
    signed_in(reader)
    worklist = f"/projects/{project.slug}/worklist/"
    seen(page, reader, worklist)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(worklist)
    page.get_by_role("button", name=f"Take {case.image.code} back").press("Enter")
    page.wait_for_url(f"**/read/{case.pk}/**")
    page.goto(worklist)
    expect(page.get_by_role("heading", name="Skipped by you")).to_have_count(0)
    expect(page.get_by_role("button", name=f"Continue with {case.image.code}")).to_be_visible()
