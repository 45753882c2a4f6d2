import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.training.engine.evaluation.plain import difference
from training.engine.evaluation.delong import auroc_estimate
from training.engine.evaluation.estimate import Estimate, change, mean


def estimate(value, error=0.03, patients=100, seed=0):
    """An estimate with a given standard error."""
    influence = np.random.default_rng(seed).normal(size=patients)
    return Estimate(value, error * influence / np.sqrt((influence**2).sum()), positives=40, negatives=60)


def test_interval_is_on_the_log_odds_scale():
    interval = estimate(0.9, error=0.03).interval()
    odds, width = np.log(9), 1.959964 * 0.03 / 0.09
    assert (interval.low, interval.high) == pytest.approx(
        (1 / (1 + np.exp(-odds + width)), 1 / (1 + np.exp(-odds - width)))
    )


@given(st.floats(0.01, 0.99), st.floats(0.001, 0.2), st.floats(0.5, 0.99))
def test_limits_stay_within_nought_and_one(value, error, confidence):
    interval = estimate(value, error).interval(confidence)
    assert 0 <= interval.low < interval.value < interval.high <= 1


def test_more_confidence_is_wider():
    low = [estimate(0.8).interval(confidence).low for confidence in (0.5, 0.9, 0.99)]
    assert low == sorted(low, reverse=True)


def test_a_perfect_value_is_not_certain():
    """Newcombe's method 5 solves (1 − a)² = z²·V(a); checked by putting the limit back into V."""
    low = Estimate(1.0, np.zeros(5), positives=20, negatives=30).interval().low
    spare = 24
    variance = low * (1 - low) * (1 + spare * (1 - low) / (2 - low) + spare * low / (1 + low)) / 600
    assert 1 - low == pytest.approx(1.959964 * np.sqrt(variance))
    assert Estimate(0.0, np.zeros(5), 20, 30).interval().high == pytest.approx(1 - low)


def test_change_of_a_model_against_itself_is_nothing():
    same = estimate(0.85)
    assert (change(same, same).low, change(same, same).high) == pytest.approx((0, 0))
    assert difference(same, same).high == 0


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95))
def test_change_holds_its_value(first, second):
    interval = change(estimate(first, seed=1), estimate(second, seed=2))
    assert interval.low < interval.value == second - first < interval.high


def test_change_and_difference_agree_in_the_middle():
    pair = estimate(0.55, 0.01, seed=1), estimate(0.56, 0.01, seed=2)
    assert change(*pair).low == pytest.approx(difference(*pair).low, abs=5e-4)


def test_change_from_a_perfect_model_still_doubts():
    perfect = Estimate(1.0, np.zeros(100), positives=40, negatives=60)
    interval = change(perfect, perfect)
    assert interval.value == 0
    assert interval.low == pytest.approx(perfect.interval().low - 1)


def test_a_challenger_at_the_margin_seldom_passes(draw):
    """True drop 0.05 from 0.95, 30 positives and 60 negatives: 2.5 % is meant; the plain limits let about 7 % pass."""
    passed = []
    for seed in range(400):
        labels, scores = draw(30, 60, (0.95, 0.90), correlation=0.9, seed=seed)
        pair = auroc_estimate(labels, scores[:, 0]), auroc_estimate(labels, scores[:, 1])
        passed.append((change(*pair).low > -0.05, difference(*pair).low > -0.05))
    careful, plain = np.mean(passed, axis=0)
    assert careful <= 0.045 < plain


def test_the_lower_limit_of_a_good_model_holds(draw):
    """True AUROC 0.95 with 30 and 60 patients: the lower limit is to lie above it in 2.5 % of samples."""
    above = 0
    for seed in range(400):
        labels, scores = draw(30, 60, (0.95,), seed=seed)
        above += auroc_estimate(labels, scores[:, 0]).interval().low > 0.95
    assert above / 400 <= 0.065


def test_mean_keeps_the_smallest_counts():
    one, other = Estimate(0.8, np.ones(2), 10, 90), Estimate(0.6, np.zeros(2), 30, 50)
    both = mean([one, other])
    assert (both.value, both.positives, both.negatives) == (pytest.approx(0.7), 10, 50)
    assert both.influence.tolist() == [0.5, 0.5]
