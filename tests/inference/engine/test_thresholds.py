import numpy as np
import pytest

from inference.engine import thresholds
from inference.engine.probability import sigmoid


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


@pytest.mark.parametrize("label", [0.0, 1.0, np.nan])
def test_an_absent_class_gives_one_half(label, layout):
    labels, weights = np.full((9, 3), label), np.ones((9, 3))
    for sensitivity in (None, 0.9):
        chosen = thresholds.choose(np.full((9, 5), 0.2), labels, weights, layout, sensitivity=sensitivity)
        assert chosen == {"effusion": 0.5}


def test_a_sensitivity_beyond_one_is_refused():
    with pytest.raises(ValueError, match="sensitivity"):
        thresholds.at_sensitivity(np.ones(2), np.array([0.0, 1.0]), 1.1)
