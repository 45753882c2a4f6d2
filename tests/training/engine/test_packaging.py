import json
from dataclasses import replace

import numpy as np
import pytest

from inference.engine.basis import Basis
from inference.engine.bundle import Bundle
from inference.engine.probability import Calibration, uncalibrated
from inference.engine.session import ModelSession
from inference.engine.thresholds import ThresholdPolicy
from training.engine.dataset import Split
from training.engine.packaging import package


@pytest.fixture
def bundle(train, data):
    return package(train(epochs=8, batch=8), data)


def test_the_bundle_serves_what_was_learnt(bundle, data):
    session = ModelSession(Bundle.from_files(bundle.to_files(), bundle.sha256))
    rows = data.rows(Split.CALIBRATION)
    answers = session.probabilities(session.run(data.preparation.normalise(data.images[rows])).logits)
    labels = data.labels[rows]
    known = ~np.isnan(labels)
    above = answers[:, 0] >= bundle.card.thresholds["nodule"]
    assert (above == labels[:, 0])[known[:, 0]].mean() > 0.8
    assert (answers[:, 1:4].argmax(1) == labels[:, 1]).mean() > 0.6
    assert np.abs(answers[:, 4] - labels[:, 2])[known[:, 2]].mean() < 17  # 15 is what the mean would do


def test_the_card_tells_how_it_was_made(bundle, data):
    facts = json.loads(bundle.card.to_json())["facts"]
    assert facts["recipe"]["epochs"] == 8 and len(facts["history"]) == 8
    assert facts["data"]["sha256"] == data.fingerprint
    assert facts["metrics"]["validation"]["nodule"]["auroc"] > 0.8
    assert facts["onnx_difference"] < 1e-4


def test_without_calibration_cases_the_logits_stand(train, data):
    whole = replace(data, split=np.where(data.split == Split.CALIBRATION, Split.TRAIN, data.split).astype(np.int8))
    bundle = package(train(data=whole), whole)
    assert bundle.card.calibrations == uncalibrated(whole.layout)
    assert bundle.card.thresholds == {"nodule": 0.5}


def test_the_measurement_has_an_interval_of_the_recipes_coverage(train, data):
    card = package(train(coverage=0.8), data).card
    interval = card.intervals["level"]
    known = np.isfinite(data.labels[data.rows(Split.CALIBRATION), 2])
    assert (interval.coverage, interval.cases) == (0.8, known.sum())
    assert 0 < interval.half < 60 and 80 <= interval.lowest < interval.highest < 140


def test_too_few_calibration_cases_leave_the_measurement_without_one(train, data):
    few = data.labels.copy()
    few[data.rows(Split.CALIBRATION)[5:], 2] = np.nan
    sparse = replace(data, labels=few)
    assert package(train(data=sparse), sparse).card.intervals == {}


def test_a_finding_without_a_positive_to_calibrate_on_says_so(train, data):
    labels = data.labels.copy()
    labels[data.rows(Split.CALIBRATION), 0] = 0
    rare = replace(data, labels=labels)
    card = package(train(data=rare), rare).card
    cases = len(data.rows(Split.CALIBRATION))
    assert card.basis["nodule"] == Basis(cases, 0, "none", "default")
    assert card.calibrations[0] == Calibration() and card.thresholds == {"nodule": 0.5}
    assert card.basis["quadrant"].calibration in ("few", "fitted") and card.basis["level"].cases > 0


def test_the_finding_has_a_set_of_the_recipes_coverage(train, data):
    card = package(train(coverage=0.8), data).card
    truth = data.labels[data.rows(Split.CALIBRATION), 0]
    limits = card.sets["nodule"]
    assert (limits.coverage, limits.positives, limits.negatives) == (0.8, (truth == 1).sum(), (truth == 0).sum())


def test_too_few_calibration_cases_leave_the_finding_without_one(train, data):
    labels = data.labels.copy()
    labels[data.rows(Split.CALIBRATION)[8:], 0] = np.nan
    sparse = replace(data, labels=labels)
    assert package(train(data=sparse), sparse).card.sets == {}


@pytest.mark.parametrize(
    ("fields", "policy"),
    [
        ({}, ThresholdPolicy()),
        ({"sensitivity": 1.0}, ThresholdPolicy("sensitivity", 1.0)),
        ({"specificity": 1.0}, ThresholdPolicy("specificity", 1.0)),
        ({"miss_cost": 1000.0, "prevalence": 0.5}, ThresholdPolicy("cost", 1000.0, 0.5)),
    ],
)
def test_the_card_names_the_recipes_policy(train, data, fields, policy):
    assert package(train(**fields), data).card.threshold_policy == policy


def test_the_policy_moves_the_threshold(train, data):
    youden = package(train(checkpoint="youden.safetensors"), data).card.thresholds["nodule"]
    costly = package(train(checkpoint="costly.safetensors", miss_cost=1000.0), data).card.thresholds["nodule"]
    assert costly == pytest.approx(1 / 1001)
    assert costly < youden
