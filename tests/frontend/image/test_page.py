"""The page of one image: which model speaks, what it says beside the reader, and what nobody is told too early."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from inference.models import Exposure, Prediction
from labeling.models import Assignment, Read
from labeling.services import assignment_open_single, assignment_release, read_submit
from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.services import image_ingest
from overread.jobs.models import Job, State
from overread.jobs.running import run_all
from overread.projects.models import BlindFirst, Project
from tests.factories import answers, make_champion, make_image, picture


@pytest.fixture
def site(client: Client, reader: User) -> Client:
    client.force_login(reader)
    return client


@pytest.fixture
def image(project: Project) -> Image:
    return make_image(project)


def show(site: Client, project: Project, image: Image, query: str = "", **headers: str) -> HttpResponse:
    return site.get(reverse("image", args=[project.slug, image.pk]) + query, headers=headers)


def shown(site: Client, project: Project, image: Image, query: str = "") -> str:
    """The page's main part, one blank between its words; its secret against forgery left out."""
    page = show(site, project, image, query).content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).split())


def read_it(project: Project, image: Image, reader: User, value: str = "present", **fields: Any) -> Read:
    case = assignment_open_single(project=project, image=image, reader=reader)
    return read_submit(assignment=case, reader=reader, answers=answers(project, value, **fields), key=uuid4())


def test_the_model_in_use_speaks_unless_another_is_chosen(site: Client, project: Project, image: Image) -> None:
    first, second = make_champion(project), make_champion(project, seed=1)
    for query, pipeline in (("", second), ("?model=1", first), ("?model=2", second)):
        assert f'<option value="{pipeline.number}" selected>' in shown(site, project, image, query)
    assert "This model is not in use now." in shown(site, project, image, "?model=1")


def test_with_one_model_there_is_nothing_to_choose(site: Client, project: Project, image: Image) -> None:
    make_champion(project)
    assert "<select" not in shown(site, project, image)


@pytest.mark.parametrize("number", ["3", "0", "x", "", "²"])
def test_a_model_never_released_is_not_found(number: str, site: Client, project: Project, image: Image) -> None:
    make_champion(project)
    assert show(site, project, image, f"?model={number}").status_code == 404


def test_a_model_without_scores_is_asked_at_once(site: Client, project: Project) -> None:
    make_champion(project)
    make_champion(project, seed=1)
    late = make_image(project)
    assert "The suggestion is being made" in shown(site, project, late, "?model=1")
    assert not Exposure.objects.exists()
    run_all(queues=("interactive",))
    page = shown(site, project, late, "?model=1")
    assert "model attention, not an outline" in page and "hx-trigger" not in page


def test_a_model_that_fails_is_told_and_not_asked_for_ever(site: Client, project: Project, image: Image) -> None:
    make_champion(project)
    late = make_image(project)
    shown(site, project, late)
    Job.objects.filter(kind="inference.one").update(state=State.DEAD)
    page = shown(site, project, late)
    assert "This model could not score the image." in page and "hx-trigger" not in page


def test_every_model_looked_at_is_on_record(site: Client, project: Project, image: Image, reader: User) -> None:
    models = [make_champion(project, seed=seed) for seed in range(2)]
    for query in ("?model=1", "?model=1", "?model=2"):
        show(site, project, image, query)
    seen = Exposure.objects.filter(user=reader, image=image).values_list("prediction__pipeline", flat=True)
    assert sorted(seen) == sorted(model.pk for model in models)


def test_blind_first_tells_nothing_of_any_model(site: Client, project: Project, image: Image) -> None:
    Project.objects.filter(pk=project.pk).update(blind_first=BlindFirst.ALWAYS)
    before = shown(site, project, image)
    make_champion(project)
    make_champion(project, seed=1)
    jobs = Job.objects.count()
    for query in ("", "?model=1", "?model=2", "?model=99", "?model=x"):
        assert shown(site, project, image, query) == before
    for number in (1, 2):
        overlay = reverse("image-overlay", args=[project.slug, image.pk, number, "effusion"])
        assert site.get(overlay).status_code == 404
    assert not Prediction.objects.exists() and not Exposure.objects.exists() and Job.objects.count() == jobs


def test_a_map_is_only_of_a_model_one_was_shown(site: Client, project: Project, image: Image) -> None:
    make_champion(project)
    make_champion(project, seed=1)
    show(site, project, image, "?model=1")
    maps = [reverse("image-overlay", args=[project.slug, image.pk, number, "nodule"]) for number in (1, 2)]
    assert [site.get(address).status_code for address in maps] == [200, 404]


def test_after_reading_both_stand_side_by_side(site: Client, project: Project, image: Image, reader: User) -> None:
    make_champion(project)
    show(site, project, image)
    read_it(project, image, reader)
    outputs = Prediction.objects.get().outputs
    page = shown(site, project, image)
    told = re.findall(r'<li data-verdict="(\w*)">', page)
    assert told == ["agrees" if outputs[slug]["above"] else "differs" for slug in ("effusion", "nodule")]
    assert "<dt>Your read</dt><dd>Present</dd>" in page and "Read it again" in page


@pytest.mark.parametrize("value", ["uncertain", "not_assessable"])
def test_what_cannot_be_compared_is_not(value: str, site: Client, project: Project, image: Image, reader: User) -> None:
    make_champion(project)
    show(site, project, image)
    read_it(project, image, reader, value)
    page = shown(site, project, image)
    assert 'data-verdict=""' in page and "not compared" in page and 'data-verdict="differs"' not in page


def test_the_picture_is_what_is_first_displayed(site: Client, project: Project, image: Image) -> None:
    import io

    from PIL import Image as Picture

    answer = site.get(reverse("image-picture", args=[project.slug, image.pk]))
    drawn = Picture.open(io.BytesIO(answer.content))
    assert drawn.format == "JPEG" and drawn.size == (image.rendering.half_columns, image.rendering.half_rows)


def test_what_is_decoded_later_has_no_picture_yet(site: Client, project: Project) -> None:
    image = image_ingest(project=project, content=picture(), source="upload").image
    assert site.get(reverse("image-picture", args=[project.slug, image.pk])).status_code == 404
    assert "being decoded" in shown(site, project, image)


def test_a_case_opened_by_oneself_and_given_back_is_nobodys(project: Project, image: Image, reader: User) -> None:
    case = assignment_open_single(project=project, image=image, reader=reader)
    assignment_release(assignment=case, reader=reader)
    case.refresh_from_db()
    assert case.state == Assignment.State.WITHDRAWN
