import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from tests.training.engine.evaluation.plain import auroc, difference
from training.engine.evaluation.delong import auroc_estimate
from training.engine.evaluation.estimate import mean

few_scores = st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.3, 0.5, 0.9]), min_size=2, max_size=12)


def delong_brute_force(labels, scores):
    """DeLong's covariance (M, M) of the AUROCs of scores (N, M), pair by pair as the paper writes it."""
    positive, negative = scores[labels == 1], scores[labels == 0]
    m, n = len(positive), len(negative)
    wins = (positive[:, None] > negative[None]) + 0.5 * (positive[:, None] == negative[None])
    return np.cov(wins.mean(axis=1).T) / m + np.cov(wins.mean(axis=0).T) / n


def test_by_hand():
    """Positives 0.8 and 0.4 against 0.6, 0.2 and 0.1: five of six pairs; S10 = 1/18, S01 = 1/12."""
    estimate = auroc_estimate([1, 1, 0, 0, 0], [0.8, 0.4, 0.6, 0.2, 0.1])
    assert estimate.value == pytest.approx(5 / 6)
    assert estimate.standard_error**2 == pytest.approx((1 / 18) / 2 + (1 / 12) / 3)
    assert (estimate.positives, estimate.negatives) == (2, 3)


def test_ties_count_half():
    assert auroc_estimate([1, 0], [0.3, 0.3]).value == 0.5
    assert auroc_estimate([1, 1, 0, 0], [0.5, 0.3, 0.3, 0.1]).value == 3.5 / 4


@given(few_scores, few_scores)
def test_variance_is_delongs_with_ties(positive, negative):
    labels = np.array([1] * len(positive) + [0] * len(negative))
    scores = np.array(positive + negative)
    estimate = auroc_estimate(labels, scores)
    assert estimate.value == pytest.approx(roc_auc_score(labels, scores))
    assert estimate.value == pytest.approx(auroc(labels, scores))
    expected = delong_brute_force(labels, np.column_stack([scores, scores]))[0, 0]
    assert estimate.standard_error**2 == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_paired_difference_is_delongs(draw, seed):
    labels, scores = draw(25, 60, (0.8, 0.9), seed=seed)
    scores = scores.round(2)
    first, second = auroc_estimate(labels, scores[:, 0]), auroc_estimate(labels, scores[:, 1])
    covariance = delong_brute_force(labels, scores)
    assert (first.influence * second.influence).sum() == pytest.approx(covariance[0, 1], abs=1e-12)
    width = 1.959964 * np.sqrt([1, -1] @ covariance @ [1, -1])
    interval = difference(first, second)
    assert (interval.low, interval.high) == pytest.approx((interval.value - width, interval.value + width))


@given(few_scores, few_scores)
def test_exchanging_the_classes_mirrors_it(positive, negative):
    labels = np.array([1] * len(positive) + [0] * len(negative))
    scores = np.array(positive + negative)
    one, other = auroc_estimate(labels, scores), auroc_estimate(1 - labels, scores)
    assert one.value + other.value == pytest.approx(1)
    assert one.standard_error == pytest.approx(other.standard_error)


def test_any_rising_scale_gives_the_same(draw):
    labels, scores = draw(30, 70)
    one, other = auroc_estimate(labels, scores[:, 0]), auroc_estimate(labels, np.exp(5 * scores[:, 0]))
    assert one.value == other.value
    assert one.influence == pytest.approx(other.influence)


def test_unknown_labels_are_left_out(draw):
    labels, scores = draw(30, 70)
    unknown = np.arange(100) % 4 == 0
    one = auroc_estimate(np.where(unknown, np.nan, labels), np.where(unknown, np.nan, scores[:, 0]))
    other = auroc_estimate(labels[~unknown], scores[~unknown, 0])
    assert (one.value, one.standard_error) == pytest.approx((other.value, other.standard_error))
    assert (one.influence[unknown] == 0).all()


def test_the_same_image_twice_of_one_patient_adds_nothing(draw):
    labels, scores = draw(30, 70)
    once = auroc_estimate(labels, scores[:, 0])
    twice = auroc_estimate(np.tile(labels, 2), np.tile(scores[:, 0], 2), np.tile(np.arange(100), 2))
    assert twice.value == pytest.approx(once.value)
    assert twice.standard_error == pytest.approx(once.standard_error)
    assert (twice.positives, twice.negatives) == (30, 70)


def test_standard_error_by_patient_is_that_of_the_bootstrap():
    rng = np.random.default_rng(3)
    patients = np.repeat(np.arange(150), 3)
    labels = np.repeat(rng.random(150) < 0.4, 3).astype(float)
    scores = labels + np.repeat(rng.normal(size=150), 3) + 0.5 * rng.normal(size=450)
    drawn = [rng.integers(150, size=150) for _ in range(800)]
    rows = [(3 * those[:, None] + np.arange(3)).ravel() for those in drawn]
    spread = np.std([auroc(labels[r], scores[r]) for r in rows])
    assert auroc_estimate(labels, scores, patients).standard_error == pytest.approx(spread, rel=0.1)
    assert auroc_estimate(labels, scores).standard_error < 0.75 * spread


def test_macro_over_correlated_findings_is_that_of_the_bootstrap(draw):
    labels, scores = draw(60, 140, (0.8, 0.85, 0.9), correlation=0.9)
    macro = mean([auroc_estimate(labels, column) for column in scores.T])
    rng = np.random.default_rng(0)
    rows = [rng.integers(200, size=200) for _ in range(800)]
    spread = np.std([np.mean([auroc(labels[r], column[r]) for column in scores.T]) for r in rows])
    assert macro.standard_error == pytest.approx(spread, rel=0.1)


@pytest.mark.parametrize("labels", [[1, 1, 1], [0, 0, 0], [np.nan] * 3])
def test_one_class_has_no_auroc(labels):
    estimate = auroc_estimate(labels, [0.1, 0.2, 0.3])
    assert np.isnan([estimate.value, estimate.standard_error, estimate.interval().low]).all()


def test_one_positive_has_a_value_and_no_error():
    estimate = auroc_estimate([1, 0, 0], [0.2, 0.3, 0.1])
    assert estimate.value == 0.5
    assert np.isnan([estimate.interval().low, estimate.interval().high]).all()


def test_nothing_at_all():
    assert np.isnan(auroc_estimate([], []).value)


@pytest.mark.parametrize(
    ("labels", "scores", "patients", "said"),
    [
        ([1, 0.5], [0.1, 0.2], None, "1 labels are neither"),
        ([1, 0], [0.1, np.nan], None, "1 labelled images have no score"),
        ([1, 0], [0.1], None, "One label and one score"),
        ([1, 0], [0.1, 0.2], ["x"], "patients"),
    ],
)
def test_what_cannot_be_judged_is_refused(labels, scores, patients, said):
    with pytest.raises(ValueError, match=said):
        auroc_estimate(labels, scores, patients)
