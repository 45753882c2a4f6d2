"""Every figure against scikit-learn's, or by hand where it has none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from inference.engine import metrics

FIGURES = [metrics.auroc, metrics.average_precision, metrics.brier, metrics.expected_calibration_error]
UNKNOWN = float("nan")

cases = st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.4, 0.4001, 0.9])), min_size=2, max_size=20)
with_both = cases.filter(lambda rows: len({label for label, _ in rows}) == 2)


def columns(rows):
    """(labels, scores) of drawn cases."""
    labels, scores = zip(*rows, strict=True)
    return np.array(labels, float), np.array(scores)


@pytest.fixture
def weighted():
    """Labels and scores with ties of 40 cases, and three rows of weights, some of them nil."""
    rng = np.random.default_rng(0)
    weights = rng.random((3, 40)) * (rng.random((3, 40)) < 0.8)
    return rng.random(40) < 0.4, rng.integers(0, 8, 40).astype(float), weights


@pytest.mark.parametrize(
    ("labels", "area"),
    [([0, 0, 1, 1], 1.0), ([1, 1, 0, 0], 0.0), ([0, UNKNOWN, UNKNOWN, 1], 1.0), ([0, 0.5, 0.5, 1], 1.0)],
)
def test_auroc_is_of_the_known_labels(labels, area):
    assert metrics.auroc(np.array(labels, float), np.array([0.1, 0.2, 0.3, 0.4])) == area


@pytest.mark.parametrize("labels", [[1, 1, 1], [0, 0, UNKNOWN], [UNKNOWN] * 3])
def test_one_class_has_no_auroc(labels):
    assert np.isnan(metrics.auroc(np.array(labels, float), np.array([0.1, 0.2, 0.3])))


def test_average_precision_by_hand():
    """Ranked present, absent, present: (1 + 2/3) / 2."""
    assert metrics.average_precision(np.array([1.0, 0, 1]), np.array([0.9, 0.8, 0.7])) == pytest.approx(5 / 6)


@pytest.mark.parametrize("labels", [[0, 0, UNKNOWN], [UNKNOWN] * 3])
def test_without_a_positive_there_is_no_average_precision(labels):
    assert np.isnan(metrics.average_precision(np.array(labels, float), np.array([0.1, 0.2, 0.3])))


def test_brier_is_scikit_learns():
    rng = np.random.default_rng(0)
    labels, probabilities = (rng.random(50) < 0.4).astype(float), rng.random(50)
    assert metrics.brier(labels, probabilities) == pytest.approx(brier_score_loss(labels, probabilities))


def test_figures_by_hand():
    labels, probabilities = np.array([0.0, 1.0, 1.0, UNKNOWN]), np.array([0.0, 0.5, 1.0, 1.0])
    assert metrics.brier(labels, probabilities) == pytest.approx(0.25 / 3)
    assert metrics.expected_calibration_error(labels, probabilities) == pytest.approx(0.5 / 3)


def test_an_uncertain_label_is_half_right_on_either_side():
    labels, probabilities = np.array([0.5, 0.5]), np.array([0.0, 1.0])
    assert metrics.brier(labels, probabilities) == 0.25
    assert metrics.expected_calibration_error(labels, probabilities) == 0.5


def test_calibration_error_is_the_gap_of_the_calibration_curve():
    rng = np.random.default_rng(1)
    labels, probabilities = (rng.random(500) < 0.3).astype(float), rng.random(500)
    observed, predicted = calibration_curve(labels, probabilities, n_bins=10)
    counts = np.histogram(probabilities, bins=10, range=(0, 1))[0]
    expected = (np.abs(observed - predicted) * counts).sum() / 500
    assert metrics.expected_calibration_error(labels, probabilities) == pytest.approx(expected)


def test_certain_and_wrong_has_all():
    assert metrics.expected_calibration_error(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == 1


@pytest.mark.parametrize("figure", FIGURES)
def test_without_a_known_label_there_is_no_figure(figure):
    assert np.isnan(figure(np.full(2, np.nan), np.array([0.1, 0.2])))


@pytest.mark.parametrize("figure", FIGURES)
def test_unknown_labels_are_left_out(figure):
    rng = np.random.default_rng(2)
    labels, scores = (rng.random(80) < 0.4).astype(float), rng.random(80)
    unknown = np.arange(80) % 4 == 0
    assert figure(np.where(unknown, np.nan, labels), scores) == figure(labels[~unknown], scores[~unknown])


def test_sensitivity_specificity_and_ppv():
    labels = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0.5, np.nan])
    probabilities = np.array([0.9, 0.8, 0.7, 0.2, 0.6, 0.1, 0.1, 0.1, 0.4, 0.9, 0.9])
    found = metrics.at_threshold(labels, probabilities, 0.5)
    assert found == pytest.approx({"sensitivity": 0.75, "specificity": 0.8, "balanced_accuracy": 0.775, "ppv": 0.75})


@pytest.mark.parametrize(
    ("labels", "names"),
    [([1, 1], {"sensitivity", "ppv"}), ([0, 0], {"specificity", "ppv"}), ([np.nan, 0.5], set())],
)
def test_what_is_not_defined_at_a_threshold_is_left_out(labels, names):
    assert set(metrics.at_threshold(np.array(labels, float), np.array([0.9, 0.1]), 0.5)) == names


def test_what_is_answered_is_counted_beside_all():
    labels = np.array([1, 1, 1, 0, 0, 0.5, np.nan])
    present, absent = np.array([[1, 1, 0, 1, 0, 1, 1], [0, 0, 0, 0, 1, 0, 0]], bool)
    above = np.array([1, 1, 0, 1, 0, 1, 1], bool)
    found = metrics.answered(labels, present, absent, above)
    assert found == pytest.approx({"answered": 0.8, "accuracy_answered": 0.75, "accuracy": 0.6})


def test_where_nothing_is_answered_or_known_nothing_is_right():
    nothing, above = np.zeros(2, bool), np.ones(2, bool)
    assert metrics.answered(np.array([0.0, 1.0]), nothing, nothing, above) == {"answered": 0.0, "accuracy": 0.5}
    assert metrics.answered(np.array([0.5, np.nan]), above, nothing, above) == {}


@pytest.mark.parametrize(("bins", "error"), [(1, 0.0), (2, 0.5), (15, 0.5)])
def test_the_bins_of_the_calibration_error_can_be_asked_for(bins, error):
    labels, probabilities = np.array([0.0, 0, 1, 1]), np.array([0.9, 0.1, 0.1, 0.9])
    assert metrics.expected_calibration_error(labels, probabilities, bins=bins) == pytest.approx(
        error - (bins > 1) * 0.1
    )


@given(with_both)
def test_placements_mean_scikit_learns_auroc(rows):
    labels, scores = columns(rows)
    of_positives, of_negatives = metrics.placements(scores[labels == 1], scores[labels == 0])
    area = roc_auc_score(labels, scores)
    assert (of_positives.mean(), of_negatives.mean()) == pytest.approx((area, area))


@given(with_both)
def test_weighted_figures_of_equal_weights_are_scikit_learns(rows):
    labels, scores = columns(rows)
    once = np.ones((1, len(rows)))
    assert metrics.weighted_aurocs(labels == 1, scores, once) == pytest.approx(roc_auc_score(labels, scores))
    precisions = metrics.weighted_average_precisions(labels == 1, scores, once)
    assert precisions == pytest.approx(average_precision_score(labels, scores))


def test_weighted_aurocs_are_scikit_learns(weighted):
    positive, scores, weights = weighted
    expected = [roc_auc_score(positive, scores, sample_weight=row) for row in weights]
    assert metrics.weighted_aurocs(positive, scores, weights) == pytest.approx(np.array(expected))


def test_weighted_average_precisions_are_scikit_learns(weighted):
    positive, scores, weights = weighted
    expected = [average_precision_score(positive, scores, sample_weight=row) for row in weights]
    assert metrics.weighted_average_precisions(positive, scores, weights) == pytest.approx(np.array(expected))


def test_a_weight_of_two_is_the_case_twice():
    rng = np.random.default_rng(3)
    labels, probabilities = (rng.random(30) < 0.4).astype(float), rng.random(30)
    twice = metrics.weighted_calibration_errors(labels, probabilities, np.r_[np.full(10, 2.0), np.ones(20)][None])
    drawn = np.r_[np.arange(10), np.arange(30)]
    assert twice[0] == pytest.approx(metrics.expected_calibration_error(labels[drawn], probabilities[drawn]))


def test_without_weight_there_is_nothing():
    labels, scores, none = np.array([1.0, 0.0]), np.array([0.2, 0.1]), np.zeros((1, 2))
    assert np.isnan(metrics.weighted_aurocs(labels == 1, scores, none)).all()
    assert np.isnan(metrics.weighted_average_precisions(labels == 1, scores, none)).all()
    assert np.isnan(metrics.weighted_calibration_errors(labels, scores, none)).all()
