"""Sending an image and having it predicted; what is said where the model abstains; overruling it."""

from __future__ import annotations

import pytest

from inference.models import Exposure, Overrule
from overread.accounts.models import User
from overread.archive.models import Image
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.api.rooms import at, make_blind, url
from tests.factories import black_picture, make_champion, make_gated_champion, make_image, picture
from training.services.stages import stage_make


@pytest.fixture
def black(project: Project) -> Image:
    image = make_image(project, content=black_picture())
    make_gated_champion(project)
    return image


def send(user: User, project: Project, content: bytes, wait: str = "0") -> object:
    return at(user).post(f"{url('predict', project)}?wait={wait}", content, content_type="image/png")


def test_an_image_is_on_its_way_and_then_predicted(project: Project, engineer: User) -> None:
    make_champion(project)
    sent = at(engineer).post(f"{url('predict', project)}?wait=0", picture(seed=3), content_type="image/png")
    assert sent.status_code == 202 and sent.json()["outcome"] == "pending" and sent.json()["outputs"] is None
    run_all()
    told = at(engineer).get(sent["Location"])
    assert told.status_code == 200 and told.json()["outcome"] == "predicted"
    assert set(told.json()["outputs"]) == {"effusion", "nodule"} == set(told.json()["maps"])
    cells = at(engineer).get(told.json()["maps"]["effusion"])
    assert cells.status_code == 200 and cells["X-Map-Rows"]
    assert Exposure.objects.filter(user=engineer, image=told.json()["image"]).count() == 1


def test_where_the_model_abstains_there_is_no_probability(project: Project, black: Image, engineer: User) -> None:
    told = at(engineer).get(url("image-result", project, black))
    assert told.status_code == 200
    body = told.json()
    assert body["outcome"] == "abstained" and body["outputs"] is None and body["maps"] == {}
    assert body["stages"]["gate"]["verdict"] == "abstain" and body["stages"]["gate"]["reasons"]
    assert "probability" not in told.content.decode()
    refused = at(engineer).get(url("prediction", project, black))
    assert refused.status_code == 404 and "abstains" in refused.json()["detail"]


def test_overruling_keeps_the_reason(project: Project, black: Image, engineer: User) -> None:
    address = url("image-overrule", project, black)
    assert at(engineer).post(address, {}, content_type="application/json").status_code == 400
    sent = at(engineer).post(address, {"reason": "A film of the old scanner"}, content_type="application/json")
    assert sent.status_code == 202
    run_all()
    assert at(engineer).get(sent["Location"]).json()["outcome"] == "predicted"
    assert Overrule.objects.get().reason == "A film of the old scanner"


def test_there_is_nothing_to_overrule_in_what_is_predicted(project: Project, engineer: User) -> None:
    image = make_image(project)
    make_champion(project)
    address = url("image-overrule", project, image)
    refused = at(engineer).post(address, {"reason": "Why not"}, content_type="application/json")
    assert refused.status_code == 409


@pytest.mark.parametrize("wait", ["-1", "31", "soon", "nan"])
def test_a_wait_that_is_none_is_refused(project: Project, engineer: User, wait: str) -> None:
    refused = at(engineer).post(f"{url('predict', project)}?wait={wait}", picture(), content_type="image/png")
    assert refused.status_code == 400 and not Image.objects.exists()


def test_a_project_without_a_model_says_so(project: Project, engineer: User) -> None:
    sent = at(engineer).post(f"{url('predict', project)}?wait=0", picture(), content_type="image/png")
    assert sent.json()["outcome"] == "no model"


def test_a_reader_gets_no_result_before_a_blind_read(project: Project, reader: User) -> None:
    case = make_blind(project, reader)
    refused = at(reader).get(url("image-result", project, case.image))
    assert refused.status_code == 403 and refused.json()["title"] == "Read it first."
    assert not Exposure.objects.exists()


def test_a_pipeline_is_composed_and_judged(project: Project, engineer: User) -> None:
    images = 0
    while images < 60:
        make_image(project, ready=False)
        images += 1
    run_all(queues=("io",))
    champion = make_champion(project)
    made = at(engineer).post(url("stages", project), {"stage": "gate"}, content_type="application/json")
    assert made.status_code == 202
    stage_make(project=project, stage="gate")
    listed = at(engineer).get(f"{url('stages', project)}?stage=gate").json()["results"]
    assert [row["number"] for row in listed] == [1] and listed[0]["card"]["facts"]["images"] >= 50
    body = {"gate": 1, "classifier": champion.classifier.number}
    composed = at(engineer).post(url("model-compose", project), body, content_type="application/json")
    assert composed.status_code == 201
    assert [row["stage"] for row in composed.json()["stages"]] == ["gate", "classifier"]
    for wrong in ({"gate": 9, "classifier": 1}, {"classifier": champion.classifier.number}):
        refused = at(engineer).post(url("model-compose", project), wrong, content_type="application/json")
        assert refused.status_code == 409


def test_too_few_images_for_a_gate_are_said(project: Project) -> None:
    from overread.jobs.running import JobRefused

    make_image(project)
    with pytest.raises(JobRefused, match="at least 50 accepted images; the project has"):
        stage_make(project=project, stage="gate")
