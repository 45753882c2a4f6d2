"""A case whose model abstains on a finding, and the confirmed cases like it."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image as Picture
from playwright.sync_api import Page, expect

from inference.engine.prediction_sets import SetLimits
from inference.services import champion_swap
from inference.services.versions import bundle_store, version_register
from labeling.models import AnswersSeen, Assignment
from labeling.services import assignment_open_single
from overread.accounts.models import User
from overread.jobs.running import run_all
from overread.projects.models import BlindFirst, Project, Role
from phantom.render import render
from tests.factories import label, make_image, make_member, make_project, make_user, small_bundle

SHOTS = os.environ.get("SCREENSHOTS", "")


def film(seed: int) -> bytes:
    """A synthetic chest film as a grey picture."""
    drawn = render(seed, size=256)
    out = io.BytesIO()
    Picture.fromarray((drawn.pixels >> (drawn.bits - 8)).astype("uint8")).save(out, "png")
    return out.getvalue()


@pytest.fixture
def reader(transactional_db: None) -> User:
    """Of a project with eight labelled films, whose model abstains on one finding and answers the other."""
    project = make_project(blind_first=BlindFirst.ALWAYS)
    reader = make_member(project, Role.READER)
    for seed in range(8):
        label(project, make_image(project, content=film(seed)), seed)
    make_image(project, content=film(8))
    bundle = small_bundle()
    sets = {"effusion": SetLimits(0.0, 1.0, 0.9, 30, 90), "nodule": SetLimits(0.0, 0.0, 0.9, 30, 90)}
    thresholds = {"effusion": 0.5, "nodule": 0.1}
    bundle = replace(bundle, card=replace(bundle.card, sets=sets, thresholds=thresholds))
    bundle_store(bundle)
    pipeline = version_register(project=project, bundle=bundle, facts={})
    champion_swap(project=project, pipeline=pipeline, expected=None, signed_by=make_user())
    run_all()
    return reader


def test_the_strip_comes_after_the_reveal(reader: User, signed_in: Callable[[User], Page]) -> None:
    project = Project.objects.get()
    image = project.enrolments.latest("pk").image
    case: Assignment = assignment_open_single(project=project, image=image, reader=reader)
    page = signed_in(reader)
    page.goto(f"/projects/{project.slug}/read/{case.pk}/")
    strip = page.locator("[data-similar]")
    expect(page.locator("#panel")).to_contain_text("First read")
    assert strip.count() == 0 and "abstains" not in page.content() and not AnswersSeen.objects.exists()
    for key in ("0", "Enter"):
        page.keyboard.press(key)
    expect(strip.get_by_role("listitem")).to_have_count(6)
    expect(page.locator("[data-finding=effusion] .ai")).to_contain_text("the model abstains on this finding")
    expect(page.locator("[data-finding=nodule] .ai")).to_contain_text("above threshold")
    assert AnswersSeen.objects.filter(user=reader).count() == 6
    for width, height in ((1440, 900), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert strip.evaluate("place => place.getBoundingClientRect().right") <= width
        if SHOTS:
            strip.scroll_into_view_if_needed()
            page.wait_for_timeout(1500)
            page.screenshot(path=Path(SHOTS) / f"similar-{width}.png")
