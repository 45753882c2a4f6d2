"""Room for rare findings."""

import numpy as np
import pytest

from labeling.selection.draw import compose
from labeling.selection.pool import FindingOutput, Pool

LAYOUT = (FindingOutput("common"), FindingOutput("rare"))


@pytest.fixture
def pool():
    """2,000 images, the model undecided on a common finding; 1 % bear a rare one, of which it says 0.2 to 0.4."""
    rng = np.random.default_rng(3)
    rare = np.where(np.arange(2000) < 20, rng.uniform(0.2, 0.4, 2000), rng.uniform(0.0, 0.05, 2000))
    return Pool(np.stack([rng.uniform(0.3, 0.7, 2000), rare], axis=1).astype(np.float32), LAYOUT)


def batch(pool, **given):
    usual = {"n": 50, "shares": {"exploit": 1.0}, "strategy": "margin", "patient_cap": None, "seed": 0}
    return compose(pool, **{**usual, "patient_ids": np.arange(len(pool)), **given})


def bearers(picks):
    return sum(pick.row < 20 for pick in picks)


def test_a_finding_of_one_in_a_hundred_is_not_starved(pool):
    assert bearers(batch(pool)) <= 2
    assert bearers(batch(pool, quotas={"rare": 0.2})) >= 10


def test_the_batch_keeps_its_size_and_repeats_nothing(pool):
    picks = batch(pool, quotas={"rare": 0.2, "common": 0.5})
    assert len(picks) == len({pick.row for pick in picks}) == 50


def test_what_a_quota_brought_in_says_so(pool):
    brought = [pick for pick in batch(pool, quotas={"rare": 0.2}) if pick.finding]
    assert {(pick.finding, pick.strategy, pick.arm) for pick in brought} == {("rare", "quota", "exploit")}


def test_a_quota_that_is_met_changes_nothing(pool):
    assert {pick.row for pick in batch(pool, quotas={"common": 0.5})} == {pick.row for pick in batch(pool)}


def test_the_best_picks_stay(pool):
    before = [pick.row for pick in batch(pool)]
    kept = [pick.row for pick in batch(pool, quotas={"rare": 0.2}) if not pick.finding]
    assert kept == before[: len(kept)]


def test_small_batches_keep_the_quota_in_the_long_run(pool):
    found = [bearers(batch(pool, n=4, quotas={"rare": 0.1}, seed=seed)) for seed in range(200)]
    assert np.mean(found) == pytest.approx(0.4, abs=0.12)


def test_the_patient_cap_holds_for_a_quota_too(pool):
    patients = np.maximum(np.arange(2000), 20)  # the bearers are images of one patient
    assert bearers(batch(pool, quotas={"rare": 0.2}, patient_ids=patients, patient_cap=2)) <= 2


def test_what_leaves_for_a_quota_makes_room_under_the_cap():
    common, rare = np.full(1000, 0.0), np.full(1000, 0.01)
    common[:10], rare[10:20] = 0.5, 0.4  # of ten patients one image of each kind
    pool = Pool(np.stack([common, rare], axis=1), LAYOUT)
    patients = np.where(np.arange(1000) < 20, np.arange(1000) % 10, np.arange(1000))
    picks = batch(pool, n=10, quotas={"rare": 0.5}, patient_ids=patients, patient_cap=1)
    assert len({patients[pick.row] for pick in picks}) == len(picks) == 10
    assert sum(10 <= pick.row < 20 for pick in picks) == 5


def test_a_quota_that_cannot_be_met_leaves_the_batch_whole(pool):
    patients = np.where(pool.outputs[:, 0] > 0.5, 5000, np.arange(2000))  # one patient has half of all images
    picks = batch(pool, n=2000, quotas={"rare": 0.9}, patient_ids=patients, patient_cap=1)
    assert len(picks) == len({pick.row for pick in picks}) == len(set(patients))


@pytest.mark.parametrize("nonsense", [{"rare": 0.7, "common": 0.4}, {"rare": -0.1}, {"unheard of": 0.1}])
def test_nonsense_is_refused(pool, nonsense):
    with pytest.raises(ValueError, match="quotas"):
        batch(pool, quotas=nonsense)
