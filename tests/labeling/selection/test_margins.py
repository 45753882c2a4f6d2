"""Which image each strategy puts first, on numbers worked out by hand."""

import numpy as np
import pytest

from labeling.selection import strategies
from labeling.selection.pool import FindingOutput, Pool
from labeling.selection.uncertainty import margin_of, margins

LESION = FindingOutput("lesion", "categorical", options=("a", "b", "c"))
AGE = FindingOutput("bone age", "measurement", scale=6.0)


def order(name, pool):
    return strategies.get(name)(pool, len(pool), rng=np.random.default_rng(0)).rows.tolist()


def test_margin_of_each_kind():
    assert margin_of(FindingOutput("effusion"), np.array([[0.5], [0.9], [0.0]])) == pytest.approx([0, 0.8, 1])
    assert margin_of(LESION, np.array([[0.5, 0.1, 0.4], [0.0, 1.0, 0.0]])) == pytest.approx([0.1, 1])
    assert margin_of(AGE, np.array([[0.0], [6.0], [18.0]])) == pytest.approx([1, 0.5, 0.25])


def test_one_doubtful_finding_leads_by_margin_and_two_by_mean_margin():
    pool = Pool(
        np.array([[0.5, 1.0, 1.0], [0.6, 0.6, 0.4], [1.0, 0.0, 1.0]]),
        (FindingOutput("a"), FindingOutput("b"), FindingOutput("c")),
    )
    assert order("margin", pool) == [0, 1, 2]
    assert order("mean_margin", pool) == [1, 0, 2]
    assert order("entropy", pool) == [1, 0, 2]


def test_scores_are_the_values_ranked_by():
    pool = Pool(np.array([[0.9, 0.5], [0.6, 0.6]]), (FindingOutput("a"), FindingOutput("b")))
    assert strategies.get("mean_margin")(pool, 2, rng=np.random.default_rng(0)).scores == pytest.approx([0.2, 0.4])
    assert strategies.get("margin")(pool, 2, rng=np.random.default_rng(0)).scores == pytest.approx([0, 0.2])


def test_entropy_is_in_parts_of_the_most_possible():
    pool = Pool(np.array([[0.5, 1 / 3, 1 / 3, 1 / 3], [1, 1, 0, 0]]), (FindingOutput("effusion"), LESION))
    assert strategies.get("entropy")(pool, 2, rng=np.random.default_rng(0)).scores == pytest.approx([-1, 0])


def test_without_a_trained_head_only_random_goes():
    pool = Pool(np.empty((5, 0)), ())
    assert len(strategies.get("random")(pool, 3, rng=np.random.default_rng(0))) == 3
    for name in ("margin", "mean_margin", "entropy"):
        with pytest.raises(ValueError, match="at random"):
            strategies.get(name)(pool, 3, rng=np.random.default_rng(0))


def test_margins_come_one_finding_at_a_time():
    pool = Pool(np.array([[0.5, 6.0]], dtype=np.float16), (FindingOutput("effusion"), AGE))
    assert [m.item() for m in margins(pool)] == [0, 0.5]
