import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import brier_score_loss

from training.engine.evaluation.calibration import brier, calibration_error, reliability


def scored(images, shift=0.0, seed=0):
    """Labels drawn from true probabilities, and probabilities that are off by a shift of the log-odds."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-1, 1.2, images)
    return (rng.random(images) < expit(odds)).astype(float), expit(odds + shift)


def test_reliability_by_hand():
    curve = reliability([0, 1, 1, 1], [0.12, 0.18, 0.95, 1.0])
    assert curve.predicted == pytest.approx((0.15, 0.975))
    assert curve.observed == (0.5, 1.0)
    assert curve.images == (2, 2)


def test_reliability_of_nothing_is_empty():
    assert reliability([np.nan], [0.2]).images == ()


def test_certain_and_right_has_no_error():
    interval = calibration_error([0, 1, 0, 1], [0, 1, 0, 1])
    assert (interval.value, interval.low, interval.high) == (0, 0, 0)


def test_certain_and_wrong_has_all():
    assert calibration_error([1, 0], [0, 1]).value == 1


def test_a_real_error_is_found():
    labels, shifted = scored(3000, shift=1.0)
    honest = expit(np.log(shifted / (1 - shifted)) - 1)
    interval = calibration_error(labels, shifted)
    assert interval.low < np.mean(shifted - honest) < interval.high


def test_chance_is_taken_off():
    errors = [calibration_error(*scored(100, seed=seed), resamples=200).value for seed in range(40)]
    assert np.mean(errors) < 0.06


def test_it_is_the_same_every_time():
    labels, probabilities = scored(60)
    assert calibration_error(labels, probabilities) == calibration_error(labels, probabilities)


def test_brier_is_scikit_learns():
    labels, probabilities = scored(200)
    interval = brier(labels, probabilities)
    assert interval.value == pytest.approx(brier_score_loss(labels, probabilities))
    spread = np.std((labels - probabilities) ** 2) / np.sqrt(200)
    assert interval.high - interval.low == pytest.approx(2 * 1.96 * spread, rel=0.1)


def test_patients_with_many_images_make_it_wider():
    labels, probabilities = scored(60)
    many = brier(np.repeat(labels, 4), np.repeat(probabilities, 4), np.repeat(np.arange(60), 4))
    assert many.high - many.low == pytest.approx(
        brier(labels, probabilities).high - brier(labels, probabilities).low, rel=0.1
    )


@pytest.mark.parametrize("figure", [calibration_error, brier])
def test_no_labelled_image_has_no_figure(figure):
    assert np.isnan(figure([np.nan, np.nan], [0.1, 0.2]).value)


@pytest.mark.parametrize("figure", [calibration_error, brier])
def test_what_is_no_probability_is_refused(figure):
    with pytest.raises(ValueError, match=r"0\.\.1"):
        figure([1, 0], [1.2, 0.2])
