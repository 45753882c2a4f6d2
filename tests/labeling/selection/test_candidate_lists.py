"""Arms whose images are not in the pool."""

from collections import Counter

import numpy as np
import pytest

from labeling.selection.draw import CandidateList, compose
from labeling.selection.pool import FindingOutput, Pool

SHARES = {"exploit": 0.5, "audit": 0.1, "gold": 0.1, "repeat": 0.1, "relabel": 0.2}


@pytest.fixture
def batch(pool_factory):
    def make(**given):
        usual = {
            "n": 20,
            "shares": SHARES,
            "strategy": "margin",
            "patient_ids": np.arange(60),
            "patient_cap": None,
            "seed": 0,
            "lists": {
                "gold": CandidateList(np.arange(100, 110)),
                "repeat": CandidateList(np.arange(200, 205)),
                "relabel": CandidateList(np.arange(300, 308), "confident learning", np.linspace(0, -1, 8)),
            },
        }
        return compose(pool_factory(), **{**usual, **given})

    return make


def rows_of(picks, arm):
    return [pick.row for pick in picks if pick.arm == arm]


def test_every_arm_has_its_share(batch):
    assert Counter(pick.arm for pick in batch()) == {"exploit": 10, "relabel": 4, "audit": 2, "gold": 2, "repeat": 2}


def test_rows_of_the_lists_follow_the_pool(batch):
    picks = batch()
    assert all(60 <= row < 70 for row in rows_of(picks, "gold"))
    assert all(70 <= row < 75 for row in rows_of(picks, "repeat"))
    assert all(75 <= row < 83 for row in rows_of(picks, "relabel"))


def test_a_ranked_list_gives_its_lowest_scores(batch):
    assert sorted(rows_of(batch(), "relabel")) == [79, 80, 81, 82]


def test_a_drawn_list_says_with_what_probability(batch):
    assert [pick.probability for pick in batch() if pick.arm == "gold"] == pytest.approx([2 / 10] * 2)
    assert {pick.probability for pick in batch() if pick.arm == "relabel"} == {None}


def test_what_a_list_lacks_goes_to_exploit(batch):
    picks = batch(lists={"gold": CandidateList(np.arange(100, 101))})
    assert Counter(pick.arm for pick in picks) == {"exploit": 17, "audit": 2, "gold": 1}


def test_one_patient_is_capped_over_all_arms_together(batch):
    everywhere = {
        "gold": CandidateList(np.zeros(5, int)),
        "relabel": CandidateList(np.zeros(5, int), "x", np.arange(5.0)),
    }
    picks = batch(patient_ids=np.arange(60) // 30, patient_cap=3, lists=everywhere)
    of_first = [pick for pick in picks if pick.row < 30 or pick.row >= 60]
    assert len(of_first) == 3 and len(picks) == 6


def test_without_lists_the_picks_are_those_of_two_arms(batch):
    two = {"exploit": 0.8, "audit": 0.2}
    assert batch(shares=two, lists=None) == batch(shares=two, lists={})


def test_second_looks_stand_anywhere_in_the_batch(batch):
    places = {i for seed in range(40) for i, pick in enumerate(batch(seed=seed)) if pick.arm == "relabel"}
    assert places == set(range(20))


def test_an_empty_pool_leaves_the_lists(pool_factory):
    empty = Pool(np.empty((0, 1)), (FindingOutput("a"),))
    given = {"shares": SHARES, "strategy": "margin", "patient_ids": np.empty(0), "patient_cap": 2, "seed": 1}
    picks = compose(empty, n=10, lists={"gold": CandidateList(np.arange(9))}, **given)
    assert {pick.arm for pick in picks} == {"gold"}


def test_the_recorded_probability_of_a_list_is_the_share_of_seeds_that_draw_the_row(pool_factory):
    patients = np.array([0, 0, 0, 1, 2])
    drawn = np.zeros(5)
    given = {"shares": {"exploit": 0.5, "gold": 0.5}, "strategy": "random", "patient_ids": np.arange(10, 70)}
    for seed in range(3000):
        picks = compose(pool_factory(), n=4, patient_cap=2, seed=seed, lists={"gold": CandidateList(patients)}, **given)
        for pick in (each for each in picks if each.arm == "gold"):
            drawn[pick.row - 60] += 1
            assert pick.probability == pytest.approx(0.5 * (2 / 3 if pick.row < 63 else 1))
    assert drawn / 3000 == pytest.approx([1 / 3] * 3 + [0.5] * 2, abs=0.04)
