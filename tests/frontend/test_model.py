"""Models: the list, the card, the gate, and the decisions signed there."""

from __future__ import annotations

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from inference.models import Champion, Pipeline, Promotion
from overread.accounts.models import User
from overread.jobs.models import Job, State
from overread.projects.models import Project
from tests import factories
from training.engine.evaluation.gate import judge
from training.engine.evaluation.policy import GatePolicy
from training.engine.evaluation.reference import ReferenceLabels
from training.models import Verdict

CASES = 120


def report(*, first: bool, good: bool) -> dict[str, object]:
    """What the gate itself says of a good, or a useless, model on made-up cases."""
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, (CASES, 2)).astype(float)
    reference = ReferenceLabels(
        ("effusion", "nodule"), truth, np.arange(CASES), {"sex": ["female", "male"] * (CASES // 2)}
    )
    sharp = np.clip(0.5 + (truth - 0.5) * 0.9 + rng.normal(0, 0.1, truth.shape), 0, 1)
    challenger = sharp if good else rng.random(truth.shape)
    return judge(GatePolicy(resamples=100), reference, None if first else sharp, challenger).to_dict()


def judged(pipeline: Pipeline, champion: Pipeline | None = None, *, good: bool = True) -> Verdict:
    told = report(first=champion is None, good=good)
    return Verdict.objects.create(
        project=pipeline.project,
        challenger=pipeline,
        champion=champion,
        passed=told["passed"],
        report=told,
        reference_sha256="0" * 64,
        images=CASES,
    )


def at(project: Project, name: str, *args: object) -> str:
    return reverse(name, args=[project.slug, *args])


def look(client: Client, project: Project, pipeline: Pipeline, user: User) -> str:
    client.force_login(user)
    response = client.get(at(project, "model", pipeline.number))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize(("who", "status"), [("reader", 200), ("stranger", 404), ("engineer", 200)])
def test_who_may_look(client, project, who, status, request):
    client.force_login(request.getfixturevalue(who))
    assert client.get(at(project, "project-models")).status_code == status


def test_no_model_yet(client, project, engineer):
    client.force_login(engineer)
    assert "No model yet." in client.get(at(project, "project-models")).content.decode()
    assert client.get(at(project, "model", 1)).status_code == 404


def test_a_model_that_was_not_judged_cannot_be_promoted(client, project, engineer):
    page = look(client, project, factories.make_pipeline(project), engineer)
    assert "The gate has not judged this model yet." in page
    assert 'type="submit" disabled aria-describedby="closed"' in page


def test_a_first_model_stands_against_minima(client, project, engineer):
    pipeline = factories.make_pipeline(project)
    judged(pipeline)
    page = look(client, project, pipeline, engineer)
    assert "Gate passed" in page
    assert "reaches the minimum" in page
    assert "Sex female" in page
    assert "looked at 1 time" in page
    assert 'aria-describedby="closed"' not in page


def test_a_challenger_stands_beside_the_champion(client, project, engineer):
    champion, pipeline = factories.make_champion(project), factories.make_pipeline(project, seed=1)
    judged(pipeline, champion)
    page = look(client, project, pipeline, engineer)
    assert "Model 2 against model 1" in page
    assert "+0.000" in page
    assert "not worse" in page


def test_a_failed_gate_says_what_blocks(client, project, engineer):
    champion, pipeline = factories.make_champion(project), factories.make_pipeline(project, seed=1)
    judged(pipeline, champion, good=False)
    page = look(client, project, pipeline, engineer)
    assert "Gate not passed" in page
    assert "drop not ruled out" in page
    assert "The gate was not passed." in page


def test_a_gate_without_cases_is_told_in_its_words(client, project, engineer):
    pipeline = factories.make_pipeline(project)
    Verdict.objects.create(
        project=project,
        challenger=pipeline,
        passed=False,
        reference_sha256="0" * 64,
        images=0,
        report={
            "passed": False,
            "sentence": "Gate not run: no case of the reference set has an independent label; none was read.",
            "checks": [],
            "figures": [],
            "images": 0,
            "patients": 0,
        },
    )
    assert "no case of the reference set has an independent label" in look(client, project, pipeline, engineer)


def test_promotion_is_signed_with_a_reason(client, project, engineer):
    pipeline = factories.make_pipeline(project)
    verdict = judged(pipeline)
    client.force_login(engineer)
    asked = {"verdict": verdict.pk, "reason": "Better on effusion"}
    page = client.post(at(project, "model-promote", pipeline.number), asked, follow=True).content.decode()
    assert "Model 1" in page
    assert "Model 1 is in use. Every image is scored anew." in page
    assert Champion.objects.get().pipeline == pipeline
    assert (Promotion.objects.get().reason, Promotion.objects.get().signed_by) == ("Better on effusion", engineer)


def test_promotion_without_a_reason_is_refused(client, project, engineer):
    pipeline = factories.make_pipeline(project)
    verdict = judged(pipeline)
    client.force_login(engineer)
    response = client.post(at(project, "model-promote", pipeline.number), {"verdict": verdict.pk, "reason": " "})
    assert "Say why the model is promoted" in response.content.decode()
    assert not Champion.objects.exists()


def test_a_closed_gate_keeps_the_reason_that_was_typed(client, project, engineer):
    champion, pipeline = factories.make_champion(project), factories.make_pipeline(project, seed=1)
    verdict = judged(pipeline, champion, good=False)
    client.force_login(engineer)
    asked = {"verdict": verdict.pk, "reason": "I insist"}
    response = client.post(at(project, "model-promote", pipeline.number), asked)
    assert "The gate was not passed. The checks that failed" in response.content.decode()
    assert Champion.objects.get().pipeline == champion


def test_a_champion_that_moved_asks_for_the_gate_again(client, project, engineer):
    pipeline = factories.make_pipeline(project)
    verdict = judged(pipeline)
    factories.make_champion(project, seed=1)
    client.force_login(engineer)
    asked = {"verdict": verdict.pk, "reason": "Because"}
    response = client.post(at(project, "model-promote", pipeline.number), asked)
    assert "Run the gate again." in response.content.decode()


@pytest.mark.parametrize("name", ["model-promote", "model-roll-back", "model-judge"])
def test_readers_decide_nothing(client, project, reader, name):
    pipeline = factories.make_pipeline(project)
    judged(pipeline)
    assert "Promote model 1" not in look(client, project, pipeline, reader)
    assert client.post(at(project, name, pipeline.number)).status_code == 403


def test_rolling_back_needs_a_reason_and_a_former_champion(client, project, engineer):
    old, new = factories.make_champion(project), factories.make_champion(project, seed=1)
    client.force_login(engineer)
    address = at(project, "model-roll-back", new.number)
    client.post(address, {"to": old.pk, "reason": ""})
    client.post(address, {"to": new.pk, "reason": "Why not"})
    assert Champion.objects.get().pipeline == new
    page = client.post(address, {"to": old.pk, "reason": "Worse at night"}, follow=True).content.decode()
    assert "Rolled back: model 1 is in use." in page
    assert Promotion.objects.latest("at").rollback


def test_the_gate_is_run_again_once_at_a_time(client, project, engineer):
    pipeline = factories.make_pipeline(project)
    client.force_login(engineer)
    address = at(project, "model-judge", pipeline.number)
    client.post(address)
    page = client.post(address, follow=True).content.decode()
    assert "The gate is being run already." in page
    assert f'hx-get="{at(project, "model-gate", pipeline.number)}"' in page
    assert Job.objects.get(kind="training.judge").key.startswith(f"judge:{pipeline.pk}:")


def test_the_model_in_use_is_not_judged(client, project, engineer):
    champion = factories.make_champion(project)
    client.force_login(engineer)
    page = client.post(at(project, "model-judge", champion.number), follow=True).content.decode()
    assert "nothing to compare it with" in page


def test_the_live_part_ends_with_the_job(client, project, engineer):
    pipeline = factories.make_pipeline(project)
    client.force_login(engineer)
    client.post(at(project, "model-judge", pipeline.number))
    assert "HX-Refresh" not in client.get(at(project, "model-gate", pipeline.number))
    Job.objects.update(state=State.DEAD, error="The scores are gone.")
    assert client.get(at(project, "model-gate", pipeline.number))["HX-Refresh"] == "true"
    assert "Gate not run: The scores are gone." in look(client, project, pipeline, engineer)


def test_an_older_verdict_says_so(client, project, engineer):
    pipeline = factories.make_pipeline(project)
    old = judged(pipeline, good=False)
    judged(pipeline)
    client.force_login(engineer)
    page = client.get(at(project, "verdict", old.pk)).content.decode()
    assert "This is an older verdict." in page
    assert "Gate not passed" in page


def test_the_card_tells_shortcuts_and_held_out_figures(client, project, engineer):
    from inference.services.versions import bundle_store, version_register

    bundle = factories.small_bundle()
    bundle_store(bundle)
    whole = {"whole": 0.91, "central_only": 0.9, "border_only": 0.5, "linear_whole": 0.8, "linear_border": 0.93}
    facts = {
        "held_out": {
            "images": 50,
            "patients": 40,
            "findings": {"effusion": {"known_count": 50.0, "positive_count": 20.0, "auroc": 0.91, "ece": 0.03}},
        },
        "shortcuts": {"effusion": whole, "nodule": {}},
    }
    pipeline = version_register(project=project, bundle=bundle, facts=facts)
    page = look(client, project, pipeline, engineer)
    assert "border may tell it" in page
    assert "50 images of 40 patients" in page
    assert "20 of 50" in page


def test_the_list_tells_what_is_in_use_and_what_was(client, project, engineer):
    old, new = factories.make_champion(project), factories.make_champion(project, seed=1)
    judged(factories.make_pipeline(project, seed=2), new, good=False)
    client.force_login(engineer)
    page = client.get(at(project, "project-models")).content.decode()
    assert page.count("In use</span>") == 1
    assert "not passed" in page
    assert "What was in use" in page
    assert at(project, "model", old.number) in page
