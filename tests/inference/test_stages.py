"""An image that a stage refuses has no probability anywhere, until a member overrules the stage."""

from __future__ import annotations

import numpy as np
import pytest

from inference.engine.stages.bundle import StageBundle
from inference.models import EmbeddingRow, Pipeline, Prediction, ScoreShard, StageReport
from inference.queries import scores_of
from inference.queries.stages import reports_of
from inference.services import champion_swap, prediction_ensure
from inference.services.examining import StageFailed, stage_of
from inference.services.overrules import NothingToOverrule, overrule
from inference.services.pipelines import StagesWrong, pipeline_compose
from inference.services.predictions import Abstained
from inference.services.scoring import images_score, unscored
from inference.services.versions import bundle_store, stage_register
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.models import Event
from overread.jobs.running import run_all
from overread.projects.models import Project
from tests.factories import (
    black_picture,
    make_champion,
    make_gate,
    make_gated_champion,
    make_image,
    make_pipeline,
    make_user,
    picture,
)
from training.services.judging import _scores
from training.services.snapshots import _labelled_images


@pytest.fixture
def good(project: Project) -> Image:
    return make_image(project, content=picture(seed=1))


@pytest.fixture
def black(project: Project) -> Image:
    return make_image(project, content=black_picture())


@pytest.fixture
def gated(project: Project, good: Image, black: Image) -> Pipeline:
    return make_gated_champion(project)


def test_what_the_gate_refuses_has_no_score(gated: Pipeline, good: Image, black: Image) -> None:
    assert scores_of(gated).images == [good.pk]
    assert list(EmbeddingRow.objects.filter(backbone=gated.space).values_list("image", flat=True)) == [good.pk]
    assert not unscored(gated).exists()
    with pytest.raises(Abstained) as refusal:
        prediction_ensure(pipeline=gated, image=black)
    (report,) = refusal.value.reports
    assert report.verdict == StageReport.Verdict.ABSTAIN
    assert "underexposed" in {reason["code"] for reason in report.reasons}
    assert not Prediction.objects.filter(image=black).exists()


def test_a_prediction_keeps_what_the_stages_said(gated: Pipeline, good: Image) -> None:
    prediction = prediction_ensure(pipeline=gated, image=good)
    assert prediction.stages["gate"]["verdict"] == "pass"
    assert prediction.stages["gate"]["number"] == gated.versions[0].number


def test_an_overruled_image_is_predicted(gated: Pipeline, black: Image, engineer: User) -> None:
    project = gated.project
    with pytest.raises(NothingToOverrule, match="Say why"):
        overrule(project=project, image=black, by=engineer, reason="  ")
    made = overrule(project=project, image=black, by=engineer, reason="A film of the old scanner")
    again = overrule(project=project, image=black, by=make_user(), reason="Another")
    assert again == made
    run_all()
    prediction = prediction_ensure(pipeline=gated, image=black)
    assert prediction.stages["gate"]["verdict"] == "abstain"
    event = Event.objects.get(verb="image.overrule")
    assert event.detail["reason"] == "A film of the old scanner"


def test_what_the_model_answers_is_not_overruled(gated: Pipeline, good: Image, engineer: User) -> None:
    with pytest.raises(NothingToOverrule, match="does not abstain"):
        overrule(project=gated.project, image=good, by=engineer, reason="It is fine")


def test_a_gate_before_a_known_classifier_takes_its_scores_over(project: Project, good: Image, black: Image) -> None:
    plain = make_champion(project)
    gated = pipeline_compose(project=project, stages=[make_gate(project), plain.classifier])
    assert images_score(pipeline=gated) == 2
    ours = scores_of(gated)
    theirs = scores_of(plain)
    assert ours.images == [good.pk]
    assert np.array_equal(ours.values[0], theirs.values[theirs.images.index(good.pk)])
    assert gated.space != plain.space
    # The former model has scored the image that this gate refuses; the gate changes nothing of what it said.
    assert black.pk in theirs.images


def test_the_same_stages_are_the_same_pipeline(project: Project) -> None:
    plain = make_pipeline(project)
    gate = make_gate(project)
    first = pipeline_compose(project=project, stages=[gate, plain.classifier])
    assert pipeline_compose(project=project, stages=[plain.classifier, gate]) == first
    assert pipeline_compose(project=project, stages=[plain.classifier]) == plain
    assert [version.stage for version in first.versions] == ["gate", "classifier"]
    assert first.number == plain.number + 1


def test_stages_that_make_no_pipeline_are_refused(project: Project) -> None:
    first = make_pipeline(project).classifier
    second = make_pipeline(project, seed=1).classifier
    gate = make_gate(project)
    for stages, words in [([gate], "ends with a classifier"), ([first, second], "one stage of a kind")]:
        with pytest.raises(StagesWrong, match=words):
            pipeline_compose(project=project, stages=stages)


def test_a_new_classifier_stands_behind_the_stages_in_use(gated: Pipeline) -> None:
    newer = make_pipeline(gated.project, seed=5)
    assert newer.versions[0] == gated.versions[0]
    assert newer.space == newer.classifier.backbone


def test_a_stage_that_cannot_be_opened_is_one_clear_error_and_stores_nothing(
    project: Project, good: Image, engineer: User
) -> None:
    champion = make_champion(project)
    broken = StageBundle.pack(kind="gate", architecture="neighbours", parameters={}, arrays={"a": np.zeros(1)})
    bundle_store(broken)
    stage = stage_register(project=project, bundle=broken)
    pipeline = pipeline_compose(project=project, stages=[stage, champion.classifier])
    with pytest.raises(StageFailed, match="Quality gate 1 cannot be opened"):
        images_score(pipeline=pipeline)
    assert not ScoreShard.objects.filter(pipeline=pipeline).exists()
    assert prediction_ensure(pipeline=champion, image=good)


def test_a_stage_is_opened_once(project: Project) -> None:
    version = make_gate(project)
    assert stage_of(version.pk) is stage_of(version.pk)


def test_images_refused_teach_nothing(gated: Pipeline, good: Image, black: Image, engineer: User) -> None:
    from tests.factories import label

    for image in (good, black):
        label(gated.project, image, 0)
    assert [image.pk for image in _labelled_images(gated.project)] == [good.pk]
    overrule(project=gated.project, image=black, by=engineer, reason="It belongs here")
    assert {image.pk for image in _labelled_images(gated.project)} == {good.pk, black.pk}


def test_the_gate_of_promotion_sees_no_score_of_them(gated: Pipeline, good: Image, black: Image) -> None:
    from training.services.judging import GateQuestion

    questions = [GateQuestion("effusion", "effusion")]
    scores = _scores(gated, questions, [good.pk, black.pk])
    assert np.isfinite(scores[0]).all() and np.isnan(scores[1]).all()


def test_a_pipeline_without_stages_has_no_reports(project: Project, good: Image) -> None:
    plain = make_champion(project)
    assert reports_of(plain, good) == []
    assert prediction_ensure(pipeline=plain, image=good).stages == {}


def test_rolling_back_gives_the_old_row_of_stages(gated: Pipeline, black: Image) -> None:
    plain = Pipeline.objects.get(project=gated.project, number=1)
    champion_swap(project=gated.project, pipeline=plain, expected=gated, signed_by=make_user(), rollback=True)
    run_all()
    assert black.pk in scores_of(plain).images
