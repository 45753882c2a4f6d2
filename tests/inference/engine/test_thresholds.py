import json

import numpy as np
import pytest

from inference.engine import thresholds
from inference.engine.bundle import Card
from inference.engine.digest import ArtifactError
from inference.engine.probability import sigmoid
from inference.engine.thresholds import ThresholdPolicy

POLICIES = [
    ThresholdPolicy(),
    ThresholdPolicy("sensitivity", 0.9),
    ThresholdPolicy("specificity", 0.9),
    ThresholdPolicy("cost", 5.0, 0.02),
]


@pytest.fixture
def cases():
    """Calibrated probabilities (20,000) and labels of them, a fifth of them positive."""
    rng = np.random.default_rng(1)
    scores = sigmoid(rng.normal(-2, 2, 20_000))
    return scores, (rng.random(20_000) < scores).astype(float)


def test_youdens_threshold_is_where_sensitivity_and_specificity_are_largest():
    rng = np.random.default_rng(0)
    scores = sigmoid(rng.normal(-1, 2, 20_000))
    labels = (rng.random(20_000) < scores).astype(float)
    chosen = thresholds.youden(scores, labels, np.ones(20_000))
    sums = {
        t: (scores[labels == 1] >= t).mean() + (scores[labels == 0] < t).mean() for t in np.linspace(0.05, 0.95, 91)
    }
    here = (scores[labels == 1] >= chosen).mean() + (scores[labels == 0] < chosen).mean()
    assert here == pytest.approx(max(sums.values()), abs=0.005)


@pytest.mark.parametrize(("sensitivity", "threshold"), [(0.5, 0.8), (0.75, 0.6), (0.76, 0.3), (1.0, 0.3)])
def test_a_wanted_sensitivity_is_reached_at_the_highest_threshold(sensitivity, threshold):
    scores, labels = np.array([0.9, 0.8, 0.6, 0.3, 0.7, 0.1]), np.array([1.0, 1, 1, 1, 0, 0])
    assert thresholds.at_sensitivity(scores, labels, sensitivity) == threshold


@pytest.mark.parametrize(("specificity", "threshold"), [(0.5, 0.25), (0.75, 0.5), (0.76, 0.85), (1.0, 0.85)])
def test_a_wanted_specificity_is_reached_halfway_to_the_next_score(specificity, threshold):
    scores, labels = np.array([0.1, 0.2, 0.4, 0.8, 0.3, 0.6, 0.9]), np.array([0.0, 0, 0, 0, 1, 1, 1])
    chosen = thresholds.at_specificity(scores, labels, specificity)
    assert chosen == pytest.approx(threshold)
    assert (scores[labels == 0] < chosen).mean() >= specificity


def test_a_specificity_beyond_every_score_lies_below_one():
    assert thresholds.at_specificity(np.array([0.2, 0.6]), np.array([1.0, 0.0]), 1.0) == pytest.approx(0.8)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 4.0, 20.0])
def test_a_costs_threshold_costs_least(cases, ratio):
    scores, labels = cases
    chosen = thresholds.at_cost(scores, labels, np.ones(20_000), ratio)
    assert expected_cost(scores, labels, chosen, ratio) <= lowest_cost(scores, labels, ratio) * 1.03


@pytest.mark.parametrize("prevalence", [0.02, 0.5])
def test_it_costs_least_where_the_finding_is_as_common_as_stated(cases, prevalence):
    scores, labels = cases
    chosen = thresholds.at_cost(scores, labels, np.ones(20_000), 5.0, prevalence)
    ratio = 5.0 * prevalence / (1 - prevalence) * (1 - labels.mean()) / labels.mean()  # the same costs, in these cases
    assert expected_cost(scores, labels, chosen, ratio) <= lowest_cost(scores, labels, ratio) * 1.03


def test_the_stated_prevalence_of_the_split_itself_changes_nothing(cases):
    scores, labels = cases
    plain = thresholds.at_cost(scores, labels, np.ones(20_000), 5.0)
    assert thresholds.at_cost(scores, labels, np.ones(20_000), 5.0, scores.mean()) == pytest.approx(plain)


@pytest.mark.parametrize("label", [0.0, 1.0, np.nan])
@pytest.mark.parametrize("policy", POLICIES)
def test_an_absent_class_gives_one_half(label, policy, layout):
    labels, weights = np.full((9, 3), label), np.ones((9, 3))
    chosen = thresholds.choose(np.full((9, 5), 0.2), labels, weights, layout, policy=policy)
    assert chosen == {"effusion": 0.5}


def test_each_policy_chooses_its_own_threshold(cases, layout):
    scores, truth = cases
    labels, probabilities = np.full((20_000, 3), np.nan), np.zeros((20_000, 5))
    labels[:, 0], probabilities[:, 0] = truth, scores
    chosen = [
        thresholds.choose(probabilities, labels, np.ones((20_000, 3)), layout, policy=policy)["effusion"]
        for policy in POLICIES
    ]
    assert chosen == [
        thresholds.youden(scores, truth, np.ones(20_000)),
        thresholds.at_sensitivity(scores, truth, 0.9),
        thresholds.at_specificity(scores, truth, 0.9),
        thresholds.at_cost(scores, truth, np.ones(20_000), 5.0, 0.02),
    ]


@pytest.mark.parametrize("choose", [thresholds.at_sensitivity, thresholds.at_specificity])
def test_a_share_beyond_one_is_refused(choose):
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        choose(np.ones(2), np.array([0.0, 1.0]), 1.1)


@pytest.mark.parametrize(
    "values",
    [
        ("youden", 0.5),
        ("sensitivity",),
        ("sensitivity", 1.5),
        ("cost", 0.0),
        ("cost", 5.0, 1.0),
        ("specificity", 0.9, 0.1),
    ],
)
def test_a_policy_that_chooses_nothing_is_refused(values):
    with pytest.raises(ValueError, match="is above 0|Youden's index"):
        ThresholdPolicy(*values)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_card_names_its_policy(altered, policy):
    card = altered(threshold_policy=policy).card
    assert Card.from_json(card.to_json()) == card


def test_a_card_from_before_names_none_and_keeps_its_bytes(bundle):
    assert "threshold_policy" not in json.loads(bundle.card.to_json())
    assert Card.from_json(bundle.card.to_json()).threshold_policy is None


@pytest.mark.parametrize("row", [{"kind": "luck"}, {"kind": "sensitivity"}, {"share": 1}, 3])
def test_a_policy_it_could_not_have_written_is_refused(bundle, row):
    data = json.dumps(json.loads(bundle.card.to_json()) | {"threshold_policy": row}).encode()
    with pytest.raises(ArtifactError, match="unreadable"):
        Card.from_json(data)


def expected_cost(scores, labels, threshold, ratio):
    above = scores >= threshold
    return ratio * (~above & (labels == 1)).sum() + (above & (labels == 0)).sum()


def lowest_cost(scores, labels, ratio):
    return min(expected_cost(scores, labels, threshold, ratio) for threshold in np.linspace(0, 1, 401))
