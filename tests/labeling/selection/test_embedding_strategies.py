"""Strategies that compare images with one another: what is labelled, the head, and the methods' own definitions."""

from dataclasses import replace

import numpy as np
import pytest

from labeling.selection import strategies
from labeling.selection.geometry import Kernel, PartialWhitening, distances
from labeling.selection.herding import herd
from labeling.selection.pool import FindingOutput, Pool
from labeling.selection.strategies.badge import residuals

COMPARING = ("badge", "bald", "dropquery", "k_center", "maxherding", "typiclust", "uherding")
comparing = pytest.mark.parametrize("name", COMPARING)


def rng(seed=0):
    return np.random.default_rng(seed)


def labelled(pool_factory, **changes):
    known = np.array([3, 8, 21, 40])
    return pool_factory(labelled=known, labels=np.zeros((4, 3)), **changes)


@comparing
def test_labelled_rows_are_never_picked(name, pool_factory):
    picks = strategies.get(name)(labelled(pool_factory), 60, rng=rng())
    assert sorted(picks.rows.tolist()) == sorted(set(range(60)) - {3, 8, 21, 40})


@comparing
def test_a_nan_in_an_embedding_is_refused(name, pool_factory):
    pool = pool_factory()
    spoilt = pool.embeddings.copy()
    spoilt[5, 2] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        strategies.get(name)(replace(pool, embeddings=spoilt), 5, rng=rng())


@comparing
def test_without_embeddings_it_says_so(name, pool_factory):
    with pytest.raises(ValueError, match="embeddings"):
        strategies.get(name)(replace(pool_factory(), embeddings=None), 5, rng=rng())


@pytest.mark.parametrize("name", ["bald", "dropquery"])
def test_without_a_head_it_says_so(name, pool_factory):
    with pytest.raises(ValueError, match="head"):
        strategies.get(name)(replace(pool_factory(), head=None), 5, rng=rng())


@pytest.mark.parametrize("name", ["bald", "dropquery"])
def test_a_head_that_answers_something_else_is_refused(name, pool_factory):
    pool = pool_factory()
    with pytest.raises(ValueError, match=r"head returns \(60, 2\)"):
        strategies.get(name)(replace(pool, head=lambda points: pool.head(points)[:, :2]), 5, rng=rng())


@pytest.mark.parametrize("name", ["badge", "bald", "dropquery", "entropy", "margin", "mean_margin"])
def test_without_a_model_a_strategy_that_asks_it_refuses(name, pool_factory):
    pool = pool_factory()
    with pytest.raises(ValueError, match="no outputs"):
        strategies.get(name)(Pool(np.empty((60, 0)), (), embeddings=pool.embeddings, head=pool.head), 5, rng=rng())


def test_before_the_first_label_uherding_is_maxherding(pool_factory):
    cold = Pool(np.empty((60, 0)), (), embeddings=pool_factory().embeddings)
    ours = strategies.get("uherding")(cold, 9, rng=rng(2)).rows
    assert ours.tolist() == strategies.get("maxherding")(cold, 9, rng=rng(2)).rows.tolist()


def test_herding_picks_what_finding_every_gain_anew_picks(pool_factory):
    pool = labelled(pool_factory)
    weights = rng(3).random(60).astype(np.float32)
    evened = PartialWhitening.on(pool.embedded(pool.open))
    points, known = evened(pool.embedded(pool.open)), evened(pool.embedded(pool.known))
    kernel = Kernel.on(points, known)
    similar, covered = kernel(points), kernel(known).max(axis=0)
    chosen = []
    for _ in range(12):
        gains = np.maximum(similar - covered, 0) @ weights[pool.open]
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        covered = np.maximum(covered, similar[chosen[-1]])
    assert herd(pool, 12, weights, rng=rng()).rows.tolist() == pool.open[chosen].tolist()


def test_of_many_candidates_herding_takes_those_that_stand_for_most():
    places = np.repeat(rng(1).normal(0, 9, (3, 8)), [60, 40, 15], axis=0)
    points = (places + rng().normal(0, 0.5, places.shape)).astype(np.float16)
    pool = Pool(np.empty((115, 0)), (), embeddings=points)
    rows = herd(pool, 3, None, rng=rng()).rows
    assert [int(np.searchsorted([60, 100], row, side="right")) for row in rows] == [0, 1, 2]


def test_k_center_is_farthest_first(pool_factory):
    pool = labelled(pool_factory)
    points, near = pool.embedded(pool.open), []
    far = distances(points, pool.embedded(pool.known)).min(axis=1)
    for _ in range(15):
        near.append(int(far.argmax()))
        far = np.minimum(far, distances(points, points[near[-1:]])[:, 0])
    assert strategies.get("k_center")(pool, 15, rng=rng()).rows.tolist() == pool.open[near].tolist()


def test_badge_draws_the_first_row_by_its_squared_length(pool_factory):
    pool = pool_factory(rows=6)
    lengths = (residuals(pool, pool.open) ** 2).sum(axis=1) * (pool.embedded(pool.open) ** 2).sum(axis=1)
    firsts = [int(strategies.get("badge")(pool, 1, rng=rng(seed)).rows[0]) for seed in range(4000)]
    share = np.bincount(firsts, minlength=6) / 4000
    assert np.abs(share - lengths / lengths.sum()).max() < 0.03


def test_badge_draws_the_third_row_by_the_distance_to_the_nearer_of_two(pool_factory):
    pool = pool_factory(rows=7)
    gradients = np.einsum("nc,nd->ncd", residuals(pool, pool.open), pool.embedded(pool.open)).reshape(7, -1)
    drawn = np.array([strategies.get("badge")(pool, 3, rng=rng(seed)).rows for seed in range(12_000)])
    first, second = np.unique(drawn[:, :2], axis=0, return_counts=True)
    pair = first[second.argmax()]
    thirds = drawn[(drawn[:, :2] == pair).all(axis=1), 2]
    apart = distances(gradients, gradients[pair]).min(axis=1)
    share = np.bincount(thirds, minlength=7) / len(thirds)
    assert np.abs(share - apart / apart.sum()).max() < 4 * np.sqrt(0.25 / len(thirds))


def test_dropquery_asks_about_images_that_change_their_answer(pool_factory):
    pool = pool_factory()
    fixed = np.arange(60) < 30  # these answer the same whatever is left out
    points = np.where(fixed[:, None], 0, pool.embeddings).astype(np.float16)
    torn = replace(pool, embeddings=points, outputs=pool.head(points.astype(np.float32)).astype(np.float32))
    assert (strategies.get("dropquery")(torn, 5, rng=rng()).rows >= 30).all()


def test_dropquery_draws_by_lot_among_copies_of_an_image():
    points = np.repeat([1.0, 9.0], 40)[:, None] * np.ones((80, 40), np.float16)
    pool = Pool(np.zeros((80, 1)), (FindingOutput("a"),), embeddings=points, head=_anything_left_out)
    drawn = np.array([strategies.get("dropquery")(pool, 2, rng=rng(seed)).rows for seed in range(20)])
    assert (np.sort(drawn // 40, axis=1) == [0, 1]).all()
    assert len(np.unique(drawn)) > 10


def _anything_left_out(points):
    return (points == 0).any(axis=1, keepdims=True).astype(np.float32)


@pytest.mark.parametrize("name", ["dropquery", "herding", "typiclust"])
def test_more_may_be_asked_for_than_are_compared_as_a_rule(name, pool_factory, monkeypatch):
    folder = "" if name == "herding" else "strategies."
    monkeypatch.setattr(f"labeling.selection.{folder}{name}.CANDIDATES", 4)
    strategy = strategies.get("maxherding" if name == "herding" else name)
    assert len(set(strategy(pool_factory(rows=400), 12, rng=rng()).rows.tolist())) == 12


def test_bald_finds_no_information_where_nothing_changes(pool_factory):
    still = replace(pool_factory(), embeddings=np.zeros((60, 12), np.float16))
    assert np.allclose(strategies.get("bald")(still, 5, rng=rng()).scores, 0, atol=1e-6)


def test_bald_lets_no_measurement_drown_the_other_findings(pool_factory):
    scores = strategies.get("bald")(
        pool_factory(layout="mixed"), 60, rng=rng()
    ).scores  # of a scale of 0.5, values to 20
    assert scores.min() >= -1 and scores.max() <= 0


def test_typiclust_takes_one_of_each_cluster_before_a_second():
    middles = rng(1).normal(0, 20, (4, 6))
    points = np.repeat(middles, 10, axis=0) + rng().normal(0, 0.5, (40, 6))
    pool = Pool(np.empty((40, 0)), (), embeddings=points.astype(np.float16))
    assert sorted(strategies.get("typiclust")(pool, 4, rng=rng()).rows // 10) == [0, 1, 2, 3]
