import numpy as np
import pytest

from inference.engine import calibration, metrics
from inference.engine.probability import Calibration, calibrated, sigmoid, uncalibrated


@pytest.fixture
def cases(layout):
    """4,000 cases whose true slopes and offsets are known: logits are too bold by a factor of two."""
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(4000, layout.width)) * 3
    present = rng.random(4000) < sigmoid(0.5 * logits[:, 0] - 1)
    noise = rng.gumbel(size=(4000, 3))
    labels = np.column_stack([present, (0.5 * logits[:, 1:4] + noise).argmax(1), logits[:, 4]])
    return logits, labels


def test_it_finds_slope_offset_and_temperature(cases, layout):
    logits, labels = cases
    effusion, view, age = calibration.fit(logits, labels, np.ones(labels.shape), layout)
    assert (effusion.slope, effusion.offset) == pytest.approx((0.5, -1.0), abs=0.1)
    assert (view.slope, view.offset) == pytest.approx((0.5, 0.0), abs=0.05)
    assert age == Calibration()


def test_calibration_lowers_brier_score_and_calibration_error(cases, layout):
    logits, labels = cases
    lines = calibration.fit(logits[:2000], labels[:2000], np.ones((2000, 3)), layout)
    before = calibrated(logits[2000:], layout, uncalibrated(layout))[:, 0]
    after = calibrated(logits[2000:], layout, lines)[:, 0]
    for figure in (metrics.brier, metrics.expected_calibration_error):
        assert figure(labels[2000:, 0], after) < 0.8 * figure(labels[2000:, 0], before)


def test_unknown_labels_and_weights_of_zero_count_for_nothing(cases, layout):
    logits, labels = cases
    weights = np.ones(labels.shape)
    weights[1000:] = 0
    spoiled = labels.copy()
    spoiled[1000:, 0] = 1 - spoiled[1000:, 0]
    unknown = np.where(weights > 0, labels, np.nan)
    first = calibration.fit(logits, spoiled, weights, layout)[0]
    assert first == calibration.fit(logits, unknown, np.ones(labels.shape), layout)[0]


@pytest.mark.parametrize("label", [0.0, 1.0, np.nan])
def test_without_two_classes_the_logits_stand(label, layout):
    labels = np.full((20, 3), label)
    assert calibration.fit(np.ones((20, 5)), labels, np.ones((20, 3)), layout) == uncalibrated(layout)


def test_perfect_separation_stays_finite(layout):
    logits, labels = np.zeros((20, 5)), np.zeros((20, 3))
    logits[10:, 0], labels[10:, 0] = 5, 1
    line = calibration.fit(logits, labels, np.ones((20, 3)), layout)[0]
    assert 0.85 < sigmoid(np.array(5 * line.slope + line.offset)) < 0.95


def test_temperatures_move_no_answer_across_one_half(cases, layout):
    logits, labels = cases
    effusion, view, age = calibration.temperatures(logits, labels, np.ones(labels.shape), layout)
    assert 0.2 < effusion.slope < 0.6 and effusion.offset == 0
    assert view.slope == pytest.approx(0.5, abs=0.05) and age == Calibration()


def test_a_temperature_never_makes_a_binary_finding_surer(cases, layout):
    logits, labels = cases
    effusion, view, _age = calibration.temperatures(logits / 8, labels, np.ones(labels.shape), layout)
    assert effusion == Calibration() and view.slope == pytest.approx(4, abs=0.4)


def test_half_a_label_counts_on_both_sides(cases, layout):
    logits, labels = cases
    labels[:, 0] = 0.5
    labels[:2, 0] = 0, 1
    assert calibration.temperatures(logits, labels, np.ones(labels.shape), layout)[0].slope < 0.1
