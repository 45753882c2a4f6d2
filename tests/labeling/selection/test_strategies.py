"""The contract that every strategy keeps; a new strategy is tested here by being there."""

from dataclasses import replace

import numpy as np
import pytest
from modAL.multilabel import avg_confidence

from labeling.selection import strategies
from labeling.selection.by_path import by_path

modal = by_path("modAL.multilabel:avg_confidence", random_tie_break=True)
OURS = [pytest.param(strategies.get(name), id=name) for name in strategies.names()]
layouts = pytest.mark.parametrize("layout", ["binary", "categorical", "measurement", "mixed"])
every = pytest.mark.parametrize("strategy", [*OURS, pytest.param(modal, id="modal")])
ours = pytest.mark.parametrize("strategy", OURS)


def rng(seed=0):
    return np.random.default_rng(seed)


@every
def test_the_same_seed_picks_the_same_rows(strategy, pool_factory):
    pool = pool_factory()
    assert strategy(pool, 9, rng=rng(4)).rows.tolist() == strategy(pool, 9, rng=rng(4)).rows.tolist()


@every
@pytest.mark.parametrize("n", [0, 1, 7, 60, 200])
def test_n_is_honoured_without_repeats(strategy, pool_factory, n):
    picks = strategy(pool_factory(), n, rng=rng())
    assert len(set(picks.rows.tolist())) == len(picks) == min(n, 60)
    assert picks.rows.dtype == np.int64 and picks.scores.dtype == np.float64 and picks.scores.shape == (len(picks),)


@every
def test_fewer_than_none_is_refused(strategy, pool_factory):
    with pytest.raises(ValueError, match="n >= 0"):
        strategy(pool_factory(), -1, rng=rng())


@every
@pytest.mark.parametrize("n", [5, 60])
def test_excluded_rows_are_never_picked(strategy, pool_factory, n):
    excluded = rng(1).random(60) < 0.7
    picks = strategy(pool_factory(excluded=excluded), n, rng=rng())
    assert not excluded[picks.rows].any()
    assert len(picks) == min(n, (~excluded).sum())


@every
def test_ties_are_settled_by_lot(strategy, flat_pool):
    firsts = {int(strategy(flat_pool, 3, rng=rng(seed)).rows[0]) for seed in range(30)}
    assert len(firsts) > 10


@every
def test_it_ends_where_very_many_images_are_alike(strategy, pool_factory):
    alike = pool_factory(rows=1100, embeddings=np.ones((1100, 12), np.float16))
    assert len(set(strategy(alike, 3, rng=rng()).rows.tolist())) == 3


@every
def test_nan_is_refused(strategy, pool_factory):
    pool = pool_factory()
    spoilt = pool.outputs.copy()
    spoilt[3, 1] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        strategy(replace(pool, outputs=spoilt), 5, rng=rng())


@every
def test_nan_in_an_excluded_row_does_no_harm(strategy, pool_factory):
    pool, excluded = pool_factory(), np.arange(60) == 3
    spoilt = pool.outputs.copy()
    spoilt[3] = np.nan
    picks = strategy(replace(pool, outputs=spoilt, excluded=excluded), 60, rng=rng())
    assert sorted(picks.rows.tolist()) == [row for row in range(60) if row != 3]


@every
def test_float16_in(strategy, pool_factory):
    assert len(strategy(pool_factory(dtype=np.float16), 8, rng=rng())) == 8


@every
def test_an_empty_pool_gives_no_picks(strategy, pool_factory):
    assert len(strategy(pool_factory(rows=0), 5, rng=rng())) == 0
    assert len(strategy(pool_factory(excluded=np.ones(60, dtype=bool)), 5, rng=rng())) == 0


@layouts
@ours
def test_every_kind_of_finding(strategy, pool_factory, layout):
    assert len(set(strategy(pool_factory(layout=layout), 6, rng=rng()).rows.tolist())) == 6


@every
def test_the_pool_is_left_as_it_was(strategy, pool_factory):
    pool = pool_factory()
    before = pool.outputs.copy()
    strategy(pool, 9, rng=rng())
    assert np.array_equal(pool.outputs, before)


def test_names_are_the_files():
    assert {"random", "margin", "mean_margin", "entropy"} <= set(strategies.names())


def test_an_unknown_name_is_refused_with_those_known():
    with pytest.raises(KeyError, match="mean_margin"):
        strategies.get("../settings")


def test_the_modal_function_is_the_real_one():
    assert modal.__name__.endswith(avg_confidence.__name__)
