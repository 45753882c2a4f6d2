"""Blind first, seen from outside: what travels before the first read is stored is the same whatever the model says."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from playwright.sync_api import Page, Response, expect

from inference.models import Exposure, Pipeline
from inference.queries import champion_of
from inference.services import champion_swap, prediction_ensure
from labeling.models import Assignment
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.running import run_all
from overread.projects.models import BlindFirst, Project, Role
from tests.factories import make_champion, make_member, make_pipeline, make_project, make_user

FINDINGS = ("effusion", "nodule")
Answer = tuple[int, dict[str, str], bytes]
CHANGING = {"Set-Cookie", "X-Request-ID", "Expires"}  # of every answer, whatever it holds
LEASE = re.compile(rb'"lease_until":"[^"]+"')  # prolonged whenever the page asks
REQUEST = re.compile(rb'"request_id": ?"[0-9a-f]{32}"')  # of errors
SECRETS = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]+"|name="csrf-token" content="[^"]+"')


@pytest.fixture
def blind(transactional_db: None) -> Project:
    """Three cases that are all read blind first, scored by a model and queued by it."""
    project = make_project(images=3, blind_first=BlindFirst.ALWAYS)
    make_champion(project)
    queue_fill(project=project)
    return project


@pytest.fixture
def reader(blind: Project) -> User:
    return make_member(blind, Role.READER)


@pytest.fixture
def case(blind: Project, reader: User) -> Assignment:
    from labeling.services import assignment_claim

    claimed = assignment_claim(project=blind, reader=reader)
    assert claimed is not None
    return claimed


def other_model(project: Project) -> Pipeline:
    """Another one in use, which says something else of every image."""
    before = champion_of(project)
    pipeline = make_pipeline(project, seed=7)
    champion_swap(project=project, pipeline=pipeline, expected=before, signed_by=make_user())
    run_all(queues=("inference", "interactive", "io"))  # it scores; the queue stays as it is
    assert before is not None
    for image in Image.objects.filter(enrolments__project=project):
        said = [prediction_ensure(pipeline=each, image=image).outputs["nodule"] for each in (before, pipeline)]
        assert said[0]["probability"] != said[1]["probability"]
    return pipeline


def addresses(case: Assignment) -> list[str]:
    """Everything about this case that a reader can ask for with GET."""
    slug, image = case.project.slug, case.image_id
    of_image = {"slug": slug, "pk": image}
    return [
        reverse("read", args=[slug, case.pk]),
        reverse("worklist", args=[slug]),
        reverse("image", args=[slug, image]),
        *(reverse("image-pixels", args=[image, level]) for level in ("thumb", "half", "full")),
        *(reverse("read-map", args=[slug, case.pk, finding]) for finding in FINDINGS),
        *(reverse("image-overlay", args=[slug, image, number, finding]) for number in (1, 2) for finding in FINDINGS),
        *(f"{reverse('image', args=[slug, image])}?model={number}" for number in (1, 2)),
        reverse("image-picture", args=[slug, image]),
        reverse("my-reads", args=[slug]),
        reverse("api:assignments", args=[slug]),
        reverse("api:assignment", args=[slug, case.pk]),
        reverse("api:images", args=[slug]),
        reverse("api:image", kwargs=of_image),
        reverse("api:prediction", kwargs=of_image),
        *(reverse("api:prediction-map", kwargs=of_image | {"finding": finding}) for finding in FINDINGS),
        reverse("api:predictions", args=[slug]),
        reverse("api:reads", args=[slug]),
        reverse("api:labels", args=[slug]),
    ]


def asked(client: Client, urls: list[str]) -> dict[str, Answer]:
    return {url: told(client.get(url)) for url in urls}


def told(answer: Any) -> Answer:
    """Status, headers and body, without what changes with every answer. The worklist names the model in use, no more."""
    headers = {name: value for name, value in answer.headers.items() if name not in CHANGING}
    body = REQUEST.sub(b"", LEASE.sub(b"", SECRETS.sub(b"", answer.content)))
    return answer.status_code, headers, re.sub(rb"Suggestions come from model \d+", b"Suggestions come from", body)


def test_no_address_tells_one_model_from_another(case: Assignment, reader: User, client: Client) -> None:
    client.force_login(reader)
    urls = addresses(case)
    under_one = asked(client, urls)
    other_model(case.project)
    under_another = asked(client, urls)
    for url in urls:
        assert under_one[url] == under_another[url], url
    assert not Exposure.objects.filter(user=reader).exists()


def test_no_prediction_is_ever_touched_on_the_way_to_a_refusal(case: Assignment, reader: User, client: Client) -> None:
    """The same questions to the database whether the model has scored the image or not: no time can tell."""
    client.force_login(reader)
    urls = [url for url in addresses(case) if "map" in url or "overlay" in url or "prediction/" in url]
    scored = questions(client, urls)
    Exposure.objects.all().delete()
    connection.cursor().execute("DELETE FROM inference_embeddingrow")
    assert questions(client, urls) == scored


def questions(client: Client, urls: list[str]) -> dict[str, list[str]]:
    asked_for = {}
    for url in urls:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code in (403, 404), url
        asked_for[url] = [re.sub(r"'[^']*'|\b[0-9a-f]{32}\b|\d+", "?", query["sql"]) for query in queries]
    return asked_for


@pytest.mark.browser
def test_the_browser_is_sent_the_same_under_both_models(
    case: Assignment, reader: User, page: Page, signed_in: Callable[[User], Page]
) -> None:
    signed_in(reader)
    under_one = sent(page, case)
    other_model(case.project)
    under_another = sent(page, case)
    assert {url: digest for url, digest in under_one.items() if under_another.get(url) != digest} == {}
    assert under_one.keys() == under_another.keys()


def sent(page: Page, case: Assignment) -> dict[str, str]:
    """Everything that reaches the browser from opening the case to the moment its answers leave it, by address."""
    answers: list[Response] = []
    note = lambda answer: answers.append(answer)  # noqa: E731 - Playwright cannot hold on to a list's method
    page.on("response", note)
    page.goto(reverse("read", args=[case.project.slug, case.pk]))
    body = page.locator("body")
    expect(body).to_have_attribute("data-state", "blind")
    expect(body).to_have_attribute("data-level", "full")
    for key in ("1", "a", "p", "h", "Shift+H", "i", "w"):
        page.keyboard.press(key)
    for _ in range(200):
        if (
            sum(answer.url.endswith(("/half", "/full")) for answer in answers) == 2 * 3
        ):  # this image and the two after it
            break
        page.wait_for_timeout(100)
    page.wait_for_load_state("networkidle")
    page.remove_listener("response", note)
    return {answer.url: digest(answer) for answer in answers}


def digest(answer: Response) -> str:
    """Of its body; a redirect has none."""
    if 300 <= answer.status < 400:
        return f"{answer.status} {answer.headers.get('location')}"
    return hashlib.sha256(SECRETS.sub(b"", answer.body())).hexdigest()
