import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from labeling.selection.pool import Picks

values = hnp.arrays(np.float16, st.integers(0, 40), elements=st.floats(-4, 4, width=16))


def rng(seed=0):
    return np.random.default_rng(seed)


@given(values, st.integers(0, 50), st.integers(0, 9))
def test_it_agrees_with_a_full_sort(values, n, seed):
    picks = Picks.lowest(values, n, rng(seed))
    assert picks.scores.tolist() == sorted(values.tolist())[:n]
    assert values[picks.rows].tolist() == picks.scores.tolist()
    assert len(set(picks.rows.tolist())) == len(picks)


@given(values, st.data())
def test_excluded_rows_may_as_well_not_exist(values, data):
    excluded = data.draw(hnp.arrays(bool, len(values)))
    picks = Picks.lowest(values, 10, rng(), excluded=excluded)
    assert picks.scores.tolist() == sorted(values[~excluded].tolist())[:10]
    assert not excluded[picks.rows].any()


def test_ties_at_the_edge_are_drawn_evenly():
    drawn = np.concatenate([Picks.lowest([0, 1, 1, 1, 1, 2], 2, rng(seed)).rows for seed in range(2000)])
    assert np.bincount(drawn, minlength=6)[[0, 5]].tolist() == [2000, 0]
    assert np.bincount(drawn, minlength=6)[1:5] == pytest.approx([500] * 4, abs=80)


def test_ties_within_come_in_any_order():
    assert len({tuple(Picks.lowest(np.zeros(3), 3, rng(seed)).rows) for seed in range(100)}) == 6


def test_infinities_are_ranked():
    assert Picks.lowest([np.inf, 0, -np.inf], 3, rng()).rows.tolist() == [2, 1, 0]


def test_nan_is_refused_and_counted():
    with pytest.raises(ValueError, match="2 of 3 values to rank are NaN"):
        Picks.lowest([np.nan, 0, np.nan], 1, rng())


@pytest.mark.parametrize(("values", "n"), [([1.0], -1), ([[1.0]], 1)])
def test_nonsense_is_refused(values, n):
    with pytest.raises(ValueError, match="n >= 0"):
        Picks.lowest(values, n, rng())


def test_a_ranking_has_no_probability():
    assert Picks.lowest([1, 2], 1, rng()).probabilities is None
