"""The model's page says what calibrations, thresholds and intervals rest on, and how well measurements did."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from frontend.pages.model_summary import model_summary
from inference.engine.basis import Basis
from inference.engine.outputs import Output, OutputLayout
from inference.engine.prediction_sets import SetLimits
from inference.engine.thresholds import ThresholdPolicy
from inference.models import Pipeline
from inference.services.versions import bundle_store, version_register
from overread.accounts.models import User
from overread.projects.models import Project
from tests.api.rooms import at, url
from tests.factories import AGE, EFFUSION, NODULE, make_member, make_project, small_bundle

LAYOUT = OutputLayout(
    (Output("effusion", "binary"), Output("nodule", "binary"), Output("age", "measurement", unit="months"))
)
HELD_OUT = {
    "images": 50,
    "patients": 40,
    "findings": {"effusion": {"known_count": 50.0, "positive_count": 20.0, "auroc": 0.9}},
}
MEASURED = {"age": {"known_count": 48.0, "mean_absolute_error": 6.789, "covered": 0.875}}


@pytest.fixture
def ages(db: None) -> Project:
    return make_project(findings=(EFFUSION, NODULE, AGE))


def register(project: Project, *, basis: dict[str, Basis], findings: dict[str, Any], **card: Any) -> Pipeline:
    bundle = small_bundle(layout=LAYOUT)
    bundle = replace(bundle, card=replace(bundle.card, basis=basis, **card))
    bundle_store(bundle)
    return version_register(project=project, bundle=bundle, facts={"held_out": HELD_OUT | {"findings": findings}})


def page(client: Client, pipeline: Pipeline) -> str:
    client.force_login(make_member(pipeline.project, "reader"))
    html = client.get(reverse("model", args=[pipeline.project.slug, pipeline.number])).content.decode()
    return " ".join(unescape(re.sub("<[^>]*>", " ", html)).split())


def test_what_was_not_calibrated_is_not_said_to_be(ages: Project, client: Client) -> None:
    basis = {
        "effusion": Basis(40, 3, "few", "chosen"),
        "nodule": Basis(40, 0, "none", "default"),
        "age": Basis(40, None, None, None),
    }
    said = page(client, register(ages, basis=basis, findings=HELD_OUT["findings"]))
    assert "Effusion 40 3 fitted on few cases, and held near the network's own probabilities 0.50, chosen" in said
    assert "Nodule 40 0 not calibrated: no case with it among 40 0.50, not chosen from data" in said
    assert "Bone age 40 – 90 % interval of ± 8 months" in said


@pytest.mark.parametrize(
    ("basis", "words"),
    [
        (Basis(0, 0, "none", "default"), "not calibrated: no case 0.50, not chosen from data"),
        (Basis(9, 9, "none", "default"), "not calibrated: no case without it among 9"),
        (Basis(60, 30, "fitted", "chosen"), "fitted 0.50, chosen from these cases"),
    ],
)
def test_every_state_has_its_words(ages: Project, client: Client, basis: Basis, words: str) -> None:
    assert words in page(client, register(ages, basis={"nodule": basis}, findings={}))


def test_a_card_from_before_says_nothing_of_it(ages: Project, client: Client) -> None:
    said = page(client, register(ages, basis={}, findings=HELD_OUT["findings"]))
    assert "calibration rests on" not in said and "not chosen" not in said


def test_a_measurement_has_error_coverage_and_count(ages: Project, client: Client) -> None:
    pipeline = register(ages, basis={}, findings=MEASURED)
    said = page(client, pipeline)
    assert "Bone age 48 6.79 months ± 8.00 months 88 % of 90 % wanted" in said
    assert model_summary(pipeline, {"age": "Bone age"}).endswith("mean absolute error 6.79 months for Bone age.")


def test_over_rest_it_is_in_the_card(ages: Project) -> None:
    reader: User = make_member(ages, "reader")
    pipeline = register(ages, basis={"nodule": Basis(40, 0, "none", "default")}, findings=MEASURED)
    card = at(reader).get(url("model", ages, pipeline.number)).json()["card"]
    assert card["basis"] == {"nodule": {"cases": 40, "positives": 0, "calibration": "none", "threshold": "default"}}
    assert card["facts"]["held_out"]["findings"]["age"] == MEASURED["age"]


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (ThresholdPolicy(), "by Youden's index"),
        (ThresholdPolicy("sensitivity", 0.95), "by a sensitivity of 95 %"),
        (ThresholdPolicy("specificity", 0.9), "by a specificity of 90 %"),
        (ThresholdPolicy("cost", 5.0), "by cost, a miss being worth 5 false alarms"),
        (ThresholdPolicy("cost", 5.0, 0.02), "by cost, a miss being worth 5 false alarms, where 2 % have it"),
    ],
)
def test_every_chosen_threshold_names_its_policy(
    ages: Project, client: Client, policy: ThresholdPolicy, words: str
) -> None:
    basis = {"effusion": Basis(60, 30, "fitted", "chosen"), "nodule": Basis(40, 0, "none", "default")}
    said = page(client, register(ages, basis=basis, findings={}, threshold_policy=policy))
    assert f"0.50, chosen from these cases {words}" in said and said.count(words) == 1


def test_the_card_tells_when_the_model_abstains(ages: Project, client: Client) -> None:
    sets = {"effusion": SetLimits(0.4, 0.7, 0.9, 30, 90)}
    figures = {"covered": 0.91, "answered": 0.83, "accuracy_answered": 0.9512, "accuracy": 0.9}
    findings = {"effusion": HELD_OUT["findings"]["effusion"] | figures}
    basis = {"effusion": Basis(120, 30, "fitted", "chosen"), "nodule": Basis(40, 3, "few", "chosen")}
    policy = ThresholdPolicy()
    said = page(client, register(ages, basis=basis, findings=findings, sets=sets, threshold_policy=policy))
    assert "Effusion 30 with it, 90 without 91 % of 90 % wanted 17 % 0.951 0.900" in said
    assert "Nodule no set: 3 with it, 37 without; it takes 9 of each – – – –" in said


def test_a_card_from_before_there_were_sets_says_nothing_of_them(ages: Project, client: Client) -> None:
    said = page(client, register(ages, basis={"nodule": Basis(40, 3, "few", "chosen")}, findings={}))
    assert "abstains" not in said
