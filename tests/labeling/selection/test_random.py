import numpy as np
import pytest

from labeling.selection import strategies

random = strategies.get("random")


def test_the_probability_is_the_share_of_what_may_be_picked(pool_factory):
    pool = pool_factory(excluded=np.arange(60) < 20)
    assert random(pool, 10, rng=np.random.default_rng(0)).probabilities.tolist() == [0.25] * 10


def test_more_than_there_are_makes_it_certain(pool_factory):
    assert random(pool_factory(), 90, rng=np.random.default_rng(0)).probabilities.tolist() == [1.0] * 60


def test_every_row_comes_equally_often(pool_factory):
    pool = pool_factory(rows=10)
    drawn = np.concatenate([random(pool, 3, rng=np.random.default_rng(seed)).rows for seed in range(2000)])
    assert np.bincount(drawn) == pytest.approx([600] * 10, abs=85)
