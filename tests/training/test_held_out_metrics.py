"""The card tells how often a model's sets hold the truth, how often it abstains, and how right it is when it answers."""

from dataclasses import replace

import numpy as np
import pytest

from inference.engine.prediction_sets import SetLimits
from inference.engine.session import ModelSession
from tests.factories import small_bundle
from training.services.held_out_metrics import held_out_metrics
from training.services.training_data import HeldOutCases


@pytest.fixture
def cases():
    """40 images of 20 patients; half have an effusion, one is uncertain, one unknown."""
    rng = np.random.default_rng(0)
    labels = np.stack([np.arange(40) % 2, np.zeros(40)], axis=1).astype(np.float32)
    labels[0, 0], labels[1, 0] = 0.5, np.nan
    images = rng.integers(0, 255, (40, 32, 32)).astype(np.uint8)
    return HeldOutCases(images, labels, np.arange(40).astype(str))


@pytest.fixture
def probabilities(cases):
    session = ModelSession(small_bundle())
    logits = session.run(session.card.preparation.normalise(cases.images)).logits
    return session.probabilities(logits)[:, 0]


def with_set(bundle, present_from, absent_to, threshold):
    limits = SetLimits(present_from, absent_to, 0.9, 30, 30)
    card = replace(bundle.card, sets={"effusion": limits}, thresholds=bundle.card.thresholds | {"effusion": threshold})
    return replace(bundle, card=card)


def test_the_sets_are_counted_beside_the_threshold(cases, probabilities):
    low, middle, high = np.quantile(probabilities, [0.25, 0.5, 0.75])
    found = held_out_metrics(with_set(small_bundle(), low, high, middle), cases)["findings"]["effusion"]
    truth, scores = cases.labels[2:, 0] == 1, probabilities[2:]
    answered = (scores < low) | (scores > high)
    assert found["covered"] == pytest.approx(np.where(truth, scores >= low, scores <= high).mean())
    assert found["covered_positives"] == pytest.approx((scores[truth] >= low).mean())
    assert found["covered_negatives"] == pytest.approx((scores[~truth] <= high).mean())
    assert found["answered"] == pytest.approx(answered.mean())
    assert found["accuracy_answered"] == pytest.approx(((scores > middle) == truth)[answered].mean())
    assert found["accuracy"] == pytest.approx(((scores >= middle) == truth).mean())


def test_a_finding_without_a_set_has_its_threshold_alone(cases):
    found = held_out_metrics(with_set(small_bundle(), 0.4, 0.6, 0.5), cases)["findings"]["nodule"]
    assert "specificity" in found and not {"covered", "answered"} & set(found)
