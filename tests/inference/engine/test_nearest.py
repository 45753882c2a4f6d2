"""The nearest embeddings, by exact search."""

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from inference.engine.nearest import BLOCK, cosines, highest, units


@pytest.fixture
def embeddings():
    return np.random.default_rng(0).normal(size=(2 * BLOCK + 5, 16)).astype(np.float16)


def test_cosines_are_scikit_learns(embeddings):
    told = cosines(units(embeddings), units(embeddings[3:4])[0])
    assert told == pytest.approx(
        cosine_similarity(embeddings[3:4].astype(float), embeddings.astype(float))[0], abs=1e-5
    )


def test_those_of_some_rows_are_the_same(embeddings):
    among, rows = units(embeddings), np.arange(0, len(embeddings), 2)
    assert cosines(among, among[3], rows) == pytest.approx(cosines(among, among[3])[rows], abs=1e-6)


def test_an_embedding_of_zeros_is_like_nothing():
    assert cosines(units(np.zeros((2, 4))), units(np.ones((1, 4)))[0]).tolist() == [0, 0]


@pytest.mark.parametrize("count", [1, 7, 99, 100, 101])
def test_the_highest_come_first(count):
    values = np.random.default_rng(1).permutation(100).astype(np.float32)
    assert values[highest(values, count)].tolist() == sorted(values, reverse=True)[:count]


def test_ties_come_by_place():
    assert highest(np.array([1, 2, 1, 2, 1], np.float32), 3).tolist() == [1, 3, 0]
    assert highest(np.empty(0, np.float32), 3).tolist() == []
