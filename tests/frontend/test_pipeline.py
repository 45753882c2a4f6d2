"""The row of stages among the settings, and what the page of an image says of them."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from frontend.pages.model.attention import attention_rows
from frontend.stage_words import REASONS, reason_words
from inference.models import ModelVersion, Overrule, Pipeline
from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import black_picture, make_champion, make_gate, make_gated_champion, make_image, picture


@pytest.fixture
def black(project: Project) -> Image:
    image = make_image(project, content=black_picture())
    make_gated_champion(project)
    return image


def test_a_gate_is_put_before_the_model_in_use(client: Client, project: Project, engineer: User) -> None:
    champion = make_champion(project)
    make_gate(project)
    client.force_login(engineer)
    page = client.get(reverse("project-pipeline", args=[project.slug])).content.decode()
    assert "Quality gate" in page and "Version 1" in page
    chosen = {"gate": "1", "view": "off", "lungs": "off", "classifier": str(champion.classifier.number)}
    composed = client.post(reverse("pipeline-compose", args=[project.slug]), chosen)
    made = Pipeline.objects.get(number=champion.number + 1)
    assert composed["Location"] == reverse("model", args=[project.slug, made.number])
    assert Job.objects.filter(kind="training.judge", arguments__pipeline=str(made.pk)).count() == 1


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"gate": "7", "classifier": "1"}, "no gate 7"),
        ({"gate": "off"}, "ends with a classifier"),
        ({"classifier": "x"}, "no classifier x"),
        ({"classifier": "9" * 5000}, "no classifier 999"),
    ],
)
def test_a_wrong_row_is_refused_in_words(
    client: Client, project: Project, engineer: User, chosen: dict[str, str], words: str
) -> None:
    make_champion(project)
    client.force_login(engineer)
    page = client.post(reverse("pipeline-compose", args=[project.slug]), chosen, follow=True)
    assert words in page.content.decode() and Pipeline.objects.count() == 1


def test_a_stage_is_asked_for(client: Client, project: Project, engineer: User) -> None:
    client.force_login(engineer)
    for stage in ("gate", "nonsense", ""):
        client.post(reverse("pipeline-make", args=[project.slug]), {"stage": stage})
    assert list(Job.objects.filter(kind="training.stage").values_list("arguments__stage", flat=True)) == ["gate"]


def test_the_page_says_why_there_is_no_prediction(
    client: Client, project: Project, black: Image, engineer: User
) -> None:
    client.force_login(engineer)
    page = client.get(reverse("image", args=[project.slug, black.pk])).content.decode()
    assert "No prediction: the model abstains from this image." in page
    assert "The image is underexposed." in page and "The suggestion is being made" not in page


def test_an_overrule_needs_a_reason_and_shows_it(
    client: Client, project: Project, black: Image, engineer: User
) -> None:
    client.force_login(engineer)
    address = reverse("image-overrule", args=[project.slug, black.pk])
    assert "Say why" in client.post(address, {"reason": " "}, follow=True).content.decode()
    assert not Overrule.objects.exists()
    client.post(address, {"reason": "A film of the old scanner"})
    run_all()
    page = client.get(reverse("image", args=[project.slug, black.pk])).content.decode()
    assert "A film of the old scanner" in page and "No prediction" in page and "abstains from this image" not in page


def test_a_reader_may_not_overrule(client: Client, project: Project, black: Image, reader: User) -> None:
    client.force_login(reader)
    refused = client.post(reverse("image-overrule", args=[project.slug, black.pk]), {"reason": "Mine"})
    assert refused.status_code == 403 and not Overrule.objects.exists()
    page = client.get(reverse("image", args=[project.slug, black.pk])).content.decode()
    assert "Predict it all the same" not in page


def test_a_passed_gate_is_shown_beside_the_prediction(client: Client, project: Project, engineer: User) -> None:
    image = make_image(project, content=picture(seed=1))
    make_gated_champion(project)
    client.force_login(engineer)
    page = client.get(reverse("image", args=[project.slug, image.pk])).content.decode()
    assert "Before the classifier" in page and "Quality gate 1" in page and "Passed" in page


@pytest.mark.parametrize("code", [*REASONS, "never_heard_of"])
def test_every_reason_is_a_sentence(code: str) -> None:
    for figures in ({}, {"degrees": 90, "view": "lateral", "tag": "PA"}):
        words = reason_words({"code": code, **figures})
        assert words[0].isupper() and words.endswith(".") and "%" not in words


def test_the_card_names_the_stages_and_what_the_maps_are_worth(
    client: Client, project: Project, engineer: User
) -> None:
    pipeline = make_gated_champion(project)
    client.force_login(engineer)
    page = client.get(reverse("model", args=[project.slug, pipeline.number])).content.decode()
    assert "Quality gate 1 → Classifier 1" in page
    assert "What the heat maps are worth" not in page  # nothing was measured of this one
    figures = {"cases": 8.0, "deletion": 0.21, "deletion_random": 0.43, "insertion": 0.81, "insertion_random": 0.52}
    measured = ModelVersion(card={"facts": {"attention": {"effusion": figures}}})
    (row,) = attention_rows(measured, {"effusion": "Effusion"})
    assert (row.name, row.cases, row.deletion, row.pointing) == ("Effusion", 8, 0.21, None)
    shown = render_to_string("model/attention.html", {"attention": [row]})
    assert "0.21" in shown and "0.43" in shown and "What the heat maps are worth" in shown
