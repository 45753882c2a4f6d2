import numpy as np
import pytest

from inference.engine.probability import Calibration, calibrated, sigmoid, softmax, uncalibrated


def test_extreme_logits_stay_finite():
    assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]
    assert np.isfinite(softmax(np.array([[-1e4, 1e4]]))).all()


def test_options_sum_to_one(layout):
    logits = np.random.default_rng(0).normal(size=(7, layout.width))
    assert calibrated(logits, layout, uncalibrated(layout))[:, 1:4].sum(1) == pytest.approx(np.ones(7))


def test_another_number_of_logits_is_refused(layout):
    with pytest.raises(ValueError, match="5 logits"):
        calibrated(np.zeros((2, 4)), layout, uncalibrated(layout))


@pytest.mark.parametrize("line", [(0.0, 0.0), (-1.0, 0.0), (float("inf"), 0.0), (1.0, float("nan"))])
def test_a_calibration_never_reverses_the_order(line):
    with pytest.raises(ValueError, match="slope above zero"):
        Calibration(*line)
