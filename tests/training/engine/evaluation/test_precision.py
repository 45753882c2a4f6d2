import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from training.engine.evaluation.precision import average_precision, average_precision_difference

cases = st.lists(st.tuples(st.booleans(), st.sampled_from([0.1, 0.2, 0.4, 0.4001, 0.9])), min_size=1, max_size=20)


def test_by_hand():
    """Ranked present, absent, present: (1 + 2/3) / 2."""
    assert average_precision([1, 0, 1], [0.9, 0.8, 0.7]).value == pytest.approx(5 / 6)


@given(cases.filter(lambda rows: any(label for label, _ in rows)))
def test_value_is_scikit_learns_with_ties(rows):
    labels, scores = zip(*rows, strict=True)
    assert average_precision(labels, scores, resamples=100).value == pytest.approx(
        average_precision_score(labels, scores)
    )


def test_interval_is_that_of_resampling_patients_one_by_one(draw):
    labels, scores = draw(40, 160)
    patients = np.repeat(np.arange(100), 2)
    rng = np.random.default_rng(0)
    rows = [(2 * rng.integers(100, size=100)[:, None] + [0, 1]).ravel() for _ in range(1500)]
    expected = np.quantile([average_precision_score(labels[r], scores[r, 0]) for r in rows], [0.025, 0.975])
    interval = average_precision(labels, scores[:, 0], patients)
    assert (interval.low, interval.high) == pytest.approx(tuple(expected), abs=0.015)


def test_the_difference_is_paired(draw):
    labels, scores = draw(40, 160, (0.80, 0.85), correlation=0.95)
    paired = average_precision_difference(labels, scores[:, 0], scores[:, 1])
    alone = [average_precision(labels, column) for column in scores.T]
    assert paired.value == pytest.approx(alone[1].value - alone[0].value)
    assert paired.high - paired.low < 0.7 * (alone[0].high - alone[0].low + alone[1].high - alone[1].low) / 2


def test_a_model_against_itself(draw):
    labels, scores = draw(10, 30)
    interval = average_precision_difference(labels, scores[:, 0], scores[:, 0])
    assert (interval.value, interval.low, interval.high) == (0, 0, 0)


def test_the_same_seed_gives_the_same_interval(draw):
    labels, scores = draw(20, 60)
    assert average_precision(labels, scores[:, 0], seed=4) == average_precision(labels, scores[:, 0], seed=4)
    assert average_precision(labels, scores[:, 0], seed=4) != average_precision(labels, scores[:, 0], seed=5)


def test_unknown_labels_are_left_out(draw):
    labels, scores = draw(20, 60)
    unknown = np.arange(80) % 4 == 0
    patients = np.arange(80) // 2
    one = average_precision(np.where(unknown, np.nan, labels), scores[:, 0], patients)
    assert one == average_precision(labels[~unknown], scores[~unknown, 0], patients[~unknown])


@pytest.mark.parametrize("labels", [[0, 0, 0], [np.nan] * 3, []])
def test_without_a_positive_there_is_none(labels):
    assert np.isnan(average_precision(labels, [0.1, 0.2, 0.3][: len(labels)]).value)


def test_one_positive_has_no_interval():
    interval = average_precision([1, 0, 0], [0.9, 0.1, 0.2])
    assert interval.value == 1
    assert np.isnan(interval.low)
