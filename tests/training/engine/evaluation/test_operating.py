import numpy as np
import pytest

from training.engine.evaluation.operating import operating_point, threshold_at_sensitivity, wilson


def test_counts_and_shares_by_hand():
    point = operating_point([1, 1, 1, 0, 0, 0, 0, np.nan], [0.9, 0.5, 0.2, 0.6, 0.1, 0.3, 0.4, 0.9], threshold=0.5)
    assert (point.true_positive, point.false_positive, point.false_negative, point.true_negative) == (2, 1, 1, 3)
    shares = point.sensitivity, point.specificity, point.positive_predictive_value, point.negative_predictive_value
    assert [share.value for share in shares] == pytest.approx([2 / 3, 3 / 4, 2 / 3, 3 / 4])


def test_wilson_by_hand():
    """8 of 10: centre (0.8 + z²/20) / (1 + z²/10), half width z·√(0.016 + z²/400) / (1 + z²/10)."""
    z2 = 1.959964**2
    centre, half = (0.8 + z2 / 20) / (1 + z2 / 10), np.sqrt(z2 * (0.016 + z2 / 400)) / (1 + z2 / 10)
    interval = wilson(8, 10)
    assert (interval.low, interval.high) == pytest.approx((centre - half, centre + half))


def test_nothing_under_the_line():
    assert np.isnan(wilson(0, 0).value)
    assert np.isnan(operating_point([0, 0], [0.1, 0.2], 0.5).sensitivity.value)


def test_all_of_few_is_not_certain():
    assert wilson(3, 3).low == pytest.approx(0.4385, abs=1e-4)


@pytest.mark.parametrize(("sensitivity", "threshold"), [(1.0, 0.2), (0.75, 0.4), (0.7, 0.4), (0.5, 0.6), (0.0, 0.8)])
def test_threshold_at_sensitivity(sensitivity, threshold):
    labels, scores = [1, 1, 1, 1, 0, 0], [0.8, 0.6, 0.4, 0.2, 0.9, 0.1]
    assert threshold_at_sensitivity(labels, scores, sensitivity) == threshold
    assert operating_point(labels, scores, threshold).sensitivity.value >= sensitivity


def test_no_positive_has_no_threshold():
    assert np.isnan(threshold_at_sensitivity([0, 0], [0.1, 0.2], 0.9))


def test_a_sensitivity_beyond_one_is_refused():
    with pytest.raises(ValueError, match="90"):
        threshold_at_sensitivity([1, 0], [0.1, 0.2], 90)
