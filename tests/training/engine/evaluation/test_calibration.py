import numpy as np
import pytest
from scipy.special import expit

from training.engine.evaluation.calibration import calibration_error


def scored(images, shift=0.0, seed=0):
    """Labels drawn from true probabilities, and probabilities that are off by a shift of the log-odds."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-1, 1.2, images)
    return (rng.random(images) < expit(odds)).astype(float), expit(odds + shift)


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


def test_the_same_image_again_of_one_patient_adds_nothing():
    labels, probabilities = scored(60)
    once = calibration_error(labels, probabilities)
    many = calibration_error(np.repeat(labels, 4), np.repeat(probabilities, 4), np.repeat(np.arange(60), 4))
    assert (many.value, many.low, many.high) == pytest.approx((once.value, once.low, once.high))


def test_no_labelled_image_has_no_figure():
    assert np.isnan(calibration_error([np.nan, np.nan], [0.1, 0.2]).value)


def test_what_is_no_probability_is_refused():
    with pytest.raises(ValueError, match=r"0\.\.1"):
        calibration_error([1, 0], [1.2, 0.2])
