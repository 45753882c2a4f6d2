from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.selection.by_path import by_path
from labeling.selection.draw import compose
from labeling.selection.pool import FindingOutput, Pool
from labeling.selection.strategies import get


@pytest.fixture
def batch(pool_factory):
    def make(rows=60, **given):
        pool = given.pop("pool", None) or pool_factory(rows=rows)
        usual = {
            "n": 10,
            "shares": {"exploit": 0.8, "audit": 0.2},
            "strategy": "margin",
            "patient_ids": np.arange(len(pool)),
            "patient_cap": None,
            "seed": 0,
        }
        return compose(pool, **{**usual, **given})

    return make


def test_the_same_seed_composes_the_same_batch(batch):
    assert batch(seed=3) == batch(seed=3)
    assert batch(seed=3) != batch(seed=4)


def test_shares_and_no_repeats(batch):
    picks = batch()
    assert Counter(pick.arm for pick in picks) == {"exploit": 8, "audit": 2}
    assert len({pick.row for pick in picks}) == 10


def test_every_pick_says_where_it_comes_from(batch, pool_factory):
    pool = pool_factory()
    margins = np.abs(2 * pool.outputs - 1).min(axis=1)
    for pick in batch():
        audit = pick.arm == "audit"
        assert pick.strategy == ("random" if audit else "margin")
        assert pick.probability == (pytest.approx(2 / 60) if audit else None)
        assert pick.score == (0 if audit else pytest.approx(margins[pick.row]))


def test_exploit_is_what_the_strategy_picks_of_the_rest(batch, pool_factory):
    picks = batch()
    audit = [pick.row for pick in picks if pick.arm == "audit"]
    rest = pool_factory(excluded=np.isin(np.arange(60), audit))
    expected = get("margin")(rest, 8, rng=np.random.default_rng(0)).rows.tolist()
    assert [pick.row for pick in picks if pick.arm == "exploit"] == expected


def test_excluded_rows_stay_out(batch, pool_factory):
    excluded = np.arange(60) % 3 > 0
    assert all(pick.row % 3 == 0 for pick in batch(pool=pool_factory(excluded=excluded)))


def test_a_small_pool_is_emptied(batch):
    assert sorted(pick.row for pick in batch(rows=6)) == list(range(6))
    assert batch(rows=0) == ()
    assert batch(n=0) == ()


@given(st.integers(1, 30), st.integers(1, 4), st.floats(0, 1), st.integers(0, 99))
def test_the_patient_cap_holds(n, cap, audit, seed):
    rng = np.random.default_rng(seed)
    patients = rng.integers(0, 8, 50)
    pool = Pool(rng.random((50, 2)), (FindingOutput("a"), FindingOutput("b")))
    shares = {"audit": audit, "exploit": 1 - audit}
    picks = compose(pool, n=n, shares=shares, strategy="margin", patient_ids=patients, patient_cap=cap, seed=seed)
    of_patient = Counter(patients[[pick.row for pick in picks]].tolist())
    assert max(of_patient.values()) <= cap
    room = sum(min(cap, int(images)) for images in np.bincount(patients))
    assert len({pick.row for pick in picks}) == len(picks) == min(n, room)


@given(st.integers(1, 4), st.lists(st.integers(0, 9), max_size=20), st.integers(0, 99))
def test_what_waits_counts_towards_the_patient_cap(cap, waiting, seed):
    patients = np.random.default_rng(seed).integers(0, 8, 50)
    given = {"shares": {"audit": 0.5, "exploit": 0.5}, "strategy": "margin", "patient_cap": cap, "seed": seed}
    pool = Pool(np.random.default_rng(seed).random((50, 1)), (FindingOutput("a"),))
    picks = compose(pool, n=50, patient_ids=patients, waiting=waiting, **given)
    of_patient = Counter(patients[[pick.row for pick in picks]].tolist())
    images, held = np.bincount(patients, minlength=10), np.bincount(waiting, minlength=10)
    assert [of_patient[each] for each in range(10)] == np.minimum(images, np.maximum(cap - held, 0)).tolist()


def test_exploit_under_the_cap_keeps_the_best_of_each_patient(batch):
    pool = Pool(np.array([[0.50], [0.51], [0.52], [0.60], [0.70]]), (FindingOutput("a"),))
    picks = batch(
        pool=pool, n=3, shares={"exploit": 1.0}, patient_ids=np.array(["x", "x", "x", "y", "z"]), patient_cap=1
    )
    assert [pick.row for pick in picks] == [0, 3, 4]


@pytest.fixture
def crowded():
    """Of one patient 970 images, all of them the most doubtful; of thirty others one."""
    rng = np.random.default_rng(0)
    doubt = np.where(np.arange(1000) < 970, rng.uniform(0.4, 0.6, 1000), rng.uniform(0.8, 0.9, 1000))
    points = rng.standard_normal((1000, 4)).astype(np.float16)
    return Pool(doubt[:, None], (FindingOutput("a"),), embeddings=points), np.maximum(np.arange(1000), 969)


@pytest.mark.parametrize("name", ["margin", "uherding", "k_center", "typiclust"])
@pytest.mark.parametrize(("n", "room"), [(25, 25), (50, 31)])
def test_a_full_batch_takes_few_short_rankings(batch, crowded, name, n, room):
    asked = []

    def counted(pool, n, *, rng):
        asked.append(n)
        return get(name)(pool, n, rng=rng)

    pool, patients = crowded
    given = {"shares": {"exploit": 1.0}, "patient_ids": patients, "patient_cap": 1}
    picks = batch(pool=pool, n=n, strategy=counted, **given)
    assert len({patients[pick.row] for pick in picks}) == len(picks) == room
    assert max(asked) <= 4 * n and len(asked) <= 5


def test_rows_of_full_patients_are_closed_and_the_best_of_the_others_come(batch, crowded):
    pool, patients = crowded
    picks = batch(pool=pool, shares={"exploit": 1.0}, patient_ids=patients, patient_cap=2)
    margins = np.abs(2 * pool.outputs[:, 0] - 1)
    alone, crowd = np.arange(970, 1000), np.arange(970)
    best = [*crowd[np.argsort(margins[:970])[:2]], *alone[np.argsort(margins[970:])[:8]]]
    assert [pick.row for pick in picks] == best


def test_the_recorded_probability_is_the_share_of_seeds_that_draw_the_row(batch):
    patients = np.array([0, 0, 0, 0, 1, 2, 3, 3, 4, 5])
    drawn, recorded = np.zeros(10), np.zeros(10)
    for seed in range(4000):
        for pick in batch(
            rows=10, n=5, shares={"audit": 0.5, "exploit": 0.5}, patient_ids=patients, patient_cap=2, seed=seed
        ):
            if pick.arm == "audit":
                drawn[pick.row] += 1
                recorded[pick.row] = pick.probability
    assert recorded == pytest.approx(2.5 / 8 * np.array([0.5] * 4 + [1] * 6))
    assert drawn / 4000 == pytest.approx(recorded, abs=0.03)


def test_small_batches_keep_their_audit_in_the_long_run(batch):
    audits = sum(pick.arm == "audit" for seed in range(500) for pick in batch(n=2, seed=seed))
    assert audits == pytest.approx(500 * 2 * 0.2, abs=40)


def test_the_audit_stands_anywhere_in_the_batch(batch):
    places = {i for seed in range(60) for i, pick in enumerate(batch(seed=seed)) if pick.arm == "audit"}
    assert places == set(range(10))


def test_a_batch_without_exploit_asks_no_strategy(batch):
    def never(pool, n, *, rng):
        raise AssertionError("asked")

    assert len(batch(strategy=never, shares={"audit": 1.0})) == 10


def test_a_function_may_be_the_strategy(batch):
    picks = batch(strategy=by_path("modAL.multilabel:avg_confidence"), shares={"exploit": 1})
    assert {pick.strategy for pick in picks} == {"modAL.multilabel:avg_confidence"}
    assert {pick.row for pick in picks} <= set(range(60))


@pytest.mark.parametrize(
    "nonsense",
    [
        {"shares": {"exploit": 0.5}},
        {"shares": {"exploit": 1.5, "audit": -0.5}},
        {"shares": {"explore": 1.0}},
        {"n": -1},
        {"patient_cap": 0},
        {"patient_ids": np.arange(59)},
    ],
)
def test_nonsense_is_refused(batch, nonsense):
    with pytest.raises(ValueError):
        batch(**nonsense)
