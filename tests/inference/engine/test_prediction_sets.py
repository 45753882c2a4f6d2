"""Sets hold the truth as often as they say, whichever it is, and abstain where they hold no single answer."""

import json

import numpy as np
import pytest

from inference.engine.bundle import Card
from inference.engine.digest import ArtifactError
from inference.engine.prediction_sets import SetLimits, cases_needed, fit
from inference.engine.probability import sigmoid

LIMITS = SetLimits(present_from=0.4, absent_to=0.7, coverage=0.9, positives=30, negatives=90)


def drawn(rng, count, share, apart):
    """Probabilities (count, 5) and labels (count, 3) of a finding; the two answers lie `apart` on the scale of logits."""
    truth = (rng.random(count) < share).astype(float)
    probabilities, labels = np.zeros((count, 5)), np.full((count, 3), np.nan)
    labels[:, 0] = truth
    probabilities[:, 0] = sigmoid(rng.normal(apart * (truth - 0.5), 1.0))
    return probabilities, labels


@pytest.mark.parametrize("coverage", [0.8, 0.9])
@pytest.mark.parametrize(("share", "apart"), [(0.5, 1.0), (0.1, 1.0), (0.1, 5.0)])
def test_the_set_holds_either_truth_as_often_as_it_says(layout, coverage, share, apart):
    rng = np.random.default_rng(0)
    held = {0.0: [], 1.0: []}
    for _ in range(300):
        limits = fit(*drawn(rng, 300, share, apart), np.ones((300, 3)), layout, coverage=coverage)["effusion"]
        probabilities, labels = drawn(rng, 400, 0.5, apart)
        present, absent = limits.holds(probabilities[:, 0])
        held[1.0].append(present[labels[:, 0] == 1].mean())
        held[0.0].append(absent[labels[:, 0] == 0].mean())
    # A class of n cases covers (n + 1)·coverage, rounded up, of n + 1; of a tenth of 300 about 30 are there.
    assert coverage - 0.01 <= np.mean(held[1.0]) <= coverage + 0.05
    assert coverage - 0.01 <= np.mean(held[0.0]) <= coverage + 0.02


@pytest.mark.parametrize(
    ("probability", "told"), [(0.1, "absent"), (0.39, "absent"), (0.4, "both"), (0.7, "both"), (0.71, "present")]
)
def test_between_the_limits_it_abstains(probability, told):
    assert LIMITS.answer(probability, 0.5) == told


@pytest.mark.parametrize(("probability", "told"), [(0.3, "absent"), (0.5, "both"), (0.7, "present")])
def test_an_empty_set_abstains_too(probability, told):
    limits = SetLimits(present_from=0.6, absent_to=0.4, coverage=0.9, positives=30, negatives=90)
    assert [part[0] for part in limits.holds(np.array([0.5]))] == [False, False]
    assert limits.answer(probability, 0.5) == told


@pytest.mark.parametrize(("probability", "threshold"), [(0.39, 0.2), (0.2, 0.2), (0.8, 0.9)])
def test_an_answer_on_the_other_side_of_the_threshold_is_none(probability, threshold):
    assert LIMITS.answer(probability, threshold) == "both"


@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_what_is_answered_agrees_with_the_threshold(threshold):
    probabilities = np.linspace(0, 1, 101)
    present, absent = LIMITS.answers(probabilities, threshold)
    assert (probabilities[present] >= threshold).all() and (probabilities[absent] < threshold).all()


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_too_few_cases_of_either_answer_have_no_set(layout, coverage):
    needed = cases_needed(coverage)
    assert with_cases(layout, needed, needed, coverage)
    assert not with_cases(layout, needed - 1, needed, coverage)
    assert not with_cases(layout, needed, needed - 1, coverage)


def test_only_certain_and_weighed_labels_of_binary_findings_count(layout):
    probabilities, labels, weights = np.full((40, 5), 0.5), np.zeros((40, 3)), np.ones((40, 3))
    labels[:15, 0], labels[15:18, 0], labels[18:20, 0], weights[20:22, 0] = 1, 0.5, np.nan, 0
    found = fit(probabilities, labels, weights, layout, coverage=0.9)
    assert found == {"effusion": SetLimits(0.5, 0.5, 0.9, 15, 18)}


def test_a_card_keeps_its_sets(altered):
    card = altered(sets={"effusion": LIMITS}).card
    assert Card.from_json(card.to_json()) == card


def test_a_card_without_sets_is_written_as_before(bundle):
    assert "sets" not in json.loads(bundle.card.to_json())


@pytest.mark.parametrize("row", [{"present_from": -0.1}, {"absent_to": None}, {"coverage": 1.0}, {"width": 3.0}])
def test_a_set_no_fit_gives_is_refused(altered, row):
    fields = json.loads(altered(sets={"effusion": LIMITS}).card.to_json())
    fields["sets"]["effusion"] |= row
    with pytest.raises(ArtifactError, match="unreadable"):
        Card.from_json(json.dumps(fields).encode())


def test_only_a_binary_finding_has_a_set(altered):
    with pytest.raises(ValueError, match="Only a binary"):
        altered(sets={"bone age": LIMITS})


def with_cases(layout, positives, negatives, coverage):
    count = positives + negatives
    labels = np.full((count, 3), np.nan)
    labels[:, 0] = np.arange(count) < positives
    return fit(np.full((count, 5), 0.5), labels, np.ones((count, 3)), layout, coverage=coverage)
