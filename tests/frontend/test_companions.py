"""What may hang beside an image, and that nothing else comes with it."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from frontend.image_words import interval_words, span_words
from frontend.pages.read.companions import companions_data
from labeling.models import Assignment
from labeling.services import assignment_open_single
from overread.accounts.models import User
from overread.archive.models import FrameRendering, Image, Rendering, Study
from overread.archive.queries import companions_in
from overread.archive.services import image_enrol
from overread.projects.models import BlindFirst, Project
from tests.factories import make_champion, make_image, make_project, make_read


def make_film(project: Project, day: int | None, **facts: Any) -> Image:
    """A chest film of a patient on a day, in a study of its own."""
    image = make_image(project, patient=facts.pop("patient", "P"))
    Study.objects.filter(pk=image.study_id).update(day=day)
    facts = {"modality": "DX", "view": "PA", "body_part": "CHEST"} | facts
    Image.objects.filter(pk=image.pk).update(**facts)
    return Image.objects.select_related("study__patient", "rendering").get(pk=image.pk)


def make_lateral(project: Project, film: Image, **facts: Any) -> Image:
    """Another image of a film's study."""
    lateral = Image.objects.get(pk=film.pk)
    lateral.pk, lateral.sha256, lateral.view = uuid4(), uuid4().hex, "LL"
    for name, value in facts.items():
        setattr(lateral, name, value)
    lateral.save(force_insert=True)
    rendering = Rendering.objects.get(image=film)
    rendering.pk, rendering.image = None, lateral
    rendering.save()
    image_enrol(project=project, image=lateral, source="rest", actor=None)
    return lateral


def priors(project: Project, image: Image) -> list[Image]:
    return list(companions_in(project, [image])[image.pk].priors)


def test_the_newest_earlier_film_comes_first(project: Project) -> None:
    old, new, now = (make_film(project, day) for day in (10, 50, 90))
    assert priors(project, now) == [new, old] and priors(project, old) == []


def test_never_a_later_film_or_one_of_the_same_day(project: Project) -> None:
    now = make_film(project, 50)
    make_film(project, 51)
    make_film(project, 50)
    make_film(project, None)
    assert priors(project, now) == []


def test_a_film_without_a_day_has_no_prior(project: Project) -> None:
    make_film(project, 10)
    assert priors(project, make_film(project, None)) == []


def test_never_another_patients(project: Project) -> None:
    make_film(project, 10, patient="Q")
    assert priors(project, make_film(project, 50)) == []


def test_never_another_projects(project: Project) -> None:
    elsewhere = make_film(make_project(), 10)
    now = make_film(project, 50)
    assert priors(project, now) == []
    image_enrol(project=project, image=elsewhere, source="rest", actor=None)
    assert priors(project, now) == [elsewhere]


def test_the_interval_is_to_a_study_of_this_project(
    project: Project, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_film(project, 40)
    now = make_film(project, 50)
    make_lateral(project, now)
    make_film(make_project(), 45)
    with django_assert_num_queries(1):
        assert interval_words(now, project) == "study 2 of 2, 10 days after the prior"


def test_another_projects_study_makes_no_interval(project: Project) -> None:
    make_film(make_project(), 45)
    assert interval_words(make_film(project, 50), project) == ""


def test_never_one_in_quarantine(project: Project) -> None:
    make_film(project, 10, status=Image.Status.QUARANTINED)
    assert priors(project, make_film(project, 50)) == []


def test_the_same_view_comes_before_a_newer_other_one(project: Project) -> None:
    same, lateral = make_film(project, 10), make_film(project, 40, view="LL")
    assert priors(project, make_film(project, 50)) == [same, lateral]


def test_the_same_side_counts_as_the_same_view(project: Project) -> None:
    breast = {"modality": "MG", "view": "CC", "body_part": "BREAST"}
    right, left = (make_film(project, day, laterality=side, **breast) for day, side in ((10, "R"), (20, "L")))
    assert priors(project, make_film(project, 50, laterality="R", **breast)) == [right, left]


def test_what_has_nothing_in_common_is_no_prior(project: Project) -> None:
    make_film(project, 10, modality="MG", view="CC", body_part="BREAST")
    assert priors(project, make_film(project, 50)) == []


def test_the_other_images_of_a_study_are_its_companions(project: Project) -> None:
    now = make_film(project, 50)
    lateral = make_lateral(project, now)
    beside = companions_in(project, [now])[now.pk]
    assert beside.study == (lateral,) and beside.priors == ()


def test_the_labels_say_interval_and_view(project: Project) -> None:
    make_film(project, 10)
    now = make_film(project, 254)
    make_lateral(project, now, frames=30)
    told = [(each["role"], each["label"]) for each in companions_data(project, [now])[now.pk]]
    assert told == [("study", "lateral, frame 1 of 30"), ("prior", "Prior, 8 months earlier · frontal PA")]


def test_one_question_serves_two_cases(project: Project, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_film(project, 10)
    images = [make_film(project, 50), make_film(project, 90, patient="Q")]
    with django_assert_num_queries(1):
        companions_data(project, images)


PIXELS = {
    *("id", "rows", "columns", "half_rows", "half_columns", "channels", "slope", "intercept", "inverted", "windows"),
    *("padding", "aspect", "orientation"),
    *("frame", "frames", "frame_count", "modality", "view", "laterality", "label", "half_url", "full_url", "alt"),
    *("spacing", "spacing_kind", "unit"),
}


@pytest.fixture
def blind_case(project: Project, reader: User, colleague: User) -> Assignment:
    """To be read blind, with a prior that a colleague has read and the model has predicted."""
    project.blind_first = BlindFirst.ALWAYS
    project.save()
    make_film(project, 10)
    make_champion(project)
    make_read(project, colleague, "present")
    now = make_film(project, 50)
    make_champion(project)
    return assignment_open_single(project=project, image=now, reader=reader)


def shown(client: Client, reader: User, case: Assignment) -> dict[str, Any]:
    """The case as its page holds it for the script."""
    client.force_login(reader)
    page = client.get(reverse("read", args=[case.project.slug, case.pk])).content.decode()
    found = re.search(r'<script id="case" type="application/json">(.*?)</script>', page)
    assert found
    case_data: dict[str, Any] = json.loads(found[1])
    return case_data


def test_a_companion_is_pixels_and_what_they_are_of(client: Client, reader: User, blind_case: Assignment) -> None:
    (prior,) = shown(client, reader, blind_case)["companions"]
    assert set(prior) == {"role", "label", "image"}
    assert set(prior["image"]) == PIXELS
    told = json.dumps(prior)
    assert not [word for word in ("present", "probab", "threshold", "above", "map_url", "model") if word in told]


def test_the_reader_may_fetch_a_companions_pixels_and_a_stranger_not(
    client: Client, reader: User, stranger: User, blind_case: Assignment
) -> None:
    (prior,) = companions_data(blind_case.project, [blind_case.image])[blind_case.image_id]
    for user, status in ((reader, 200), (stranger, 404)):
        client.force_login(user)
        assert client.get(prior["image"]["half_url"]).status_code == status


def test_the_case_says_what_each_frame_has_of_its_own(client: Client, reader: User, blind_case: Assignment) -> None:
    Image.objects.filter(pk=blind_case.image_id).update(frames=2)
    own = {"label": "File", "center": 256.0, "width": 512.0, "function": "LINEAR"}
    FrameRendering.objects.create(
        image=blind_case.image,
        number=1,
        channels=1,
        bits=12,
        slope=2.0,
        intercept=-5.0,
        padding=[0, 3],
        windows=[own],
        minimum=0,
        maximum=4095,
    )
    image = shown(client, reader, blind_case)["image"]
    second = image["frames"][1]
    assert (second["channels"], second["slope"], second["intercept"], second["padding"]) == (1, 2.0, -5.0, [0, 3])
    assert second["windows"][0] | {"label": ""} == own | {"label": ""}
    assert image["frame_count"] == 2


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "1 day"), (60, "60 days"), (61, "2 months"), (426, "14 months"), (730, "24 months"), (1096, "3 years")],
)
def test_intervals_in_words(days: int, words: str) -> None:
    assert span_words(days) == words


def test_two_images_of_a_patient_have_names_of_their_own(project: Project) -> None:
    first, second = (make_image(project, patient="same") for _ in range(2))
    assert first.patient == second.patient
    assert first.code != second.code
    assert first.code.startswith(first.patient.code + "-")
