import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from training.engine.evaluation.precision import average_precision_difference


def test_by_hand():
    """Ranked present, absent, present, then present, present, absent: 1 − (1 + 2/3) / 2."""
    interval = average_precision_difference([1, 0, 1], [0.9, 0.8, 0.7], [0.9, 0.1, 0.7])
    assert interval.value == pytest.approx(1 / 6)


def test_interval_is_that_of_resampling_patients_one_by_one(draw):
    labels, scores = draw(40, 160, (0.80, 0.85))
    patients = np.repeat(np.arange(100), 2)
    rng = np.random.default_rng(0)
    rows = [(2 * rng.integers(100, size=100)[:, None] + [0, 1]).ravel() for _ in range(1500)]
    drawn = [[average_precision_score(labels[r], scores[r, model]) for r in rows] for model in (0, 1)]
    expected = np.quantile(np.subtract(drawn[1], drawn[0]), [0.025, 0.975])
    interval = average_precision_difference(labels, scores[:, 0], scores[:, 1], patients)
    assert (interval.low, interval.high) == pytest.approx(tuple(expected), abs=0.015)


def test_the_difference_is_paired(draw):
    widths = []
    for correlation in (0.0, 0.95):
        labels, scores = draw(40, 160, (0.80, 0.85), correlation=correlation)
        interval = average_precision_difference(labels, scores[:, 0], scores[:, 1])
        widths.append(interval.high - interval.low)
    assert widths[1] < 0.7 * widths[0]


def test_a_model_against_itself(draw):
    labels, scores = draw(10, 30)
    interval = average_precision_difference(labels, scores[:, 0], scores[:, 0])
    assert (interval.value, interval.low, interval.high) == (0, 0, 0)


def test_the_same_seed_gives_the_same_interval(draw):
    labels, scores = draw(20, 60, (0.80, 0.85))
    once, again, other = [average_precision_difference(labels, *scores.T, seed=seed) for seed in (4, 4, 5)]
    assert once == again
    assert once != other


def test_unknown_labels_are_left_out(draw):
    labels, scores = draw(20, 60, (0.80, 0.85))
    unknown = np.arange(80) % 4 == 0
    patients = np.arange(80) // 2
    one = average_precision_difference(np.where(unknown, np.nan, labels), *scores.T, patients)
    assert one == average_precision_difference(labels[~unknown], *scores[~unknown].T, patients[~unknown])


@pytest.mark.parametrize("labels", [[0, 0, 0], [np.nan] * 3, []])
def test_without_a_positive_there_is_none(labels):
    scores = [0.1, 0.2, 0.3][: len(labels)]
    assert np.isnan(average_precision_difference(labels, scores, scores).value)


def test_one_positive_has_no_interval():
    interval = average_precision_difference([1, 0, 0], [0.1, 0.9, 0.2], [0.9, 0.1, 0.2])
    assert interval.value == pytest.approx(2 / 3)
    assert np.isnan(interval.low)
