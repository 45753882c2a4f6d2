"""What the report says of sets whose answer is known."""

import dataclasses

import numpy as np
import pytest

from labeling.selection import strategies
from labeling.selection.worth.comparing import Seconds, compare
from labeling.selection.worth.trials import arms
from labeling.selection.worth.verdict import worth
from tests.labeling.selection.worth.conftest import images, learner

SAMPLE = images(200, np.random.default_rng(5))[0]
RANDOM = strategies.get("random")


def told(data, seconds, seed=1):
    return worth(data, SAMPLE, seconds, strategy=RANDOM, learner=learner, seed=seed)


def test_picks_that_teach_more_are_better(labelled_factory, seconds):
    found = told(labelled_factory(1200, 400, of_drawn=0.04), seconds)
    assert found.verdict == "better"
    assert found.arms.gain.low > 0 and found.arms.saved.value > 0


def test_picks_that_teach_nothing_are_worse(labelled_factory, seconds):
    found = told(labelled_factory(300, 200, of_picked=0.0), seconds)
    assert found.verdict == "worse"
    assert found.arms.gain.high < 0 and found.arms.saved.value < 0


def test_labels_of_noise_show_nothing(labelled_factory, seconds):
    found = told(labelled_factory(300, 200, noise=True), seconds)
    assert found.verdict == "not_shown"
    assert found.replay.gain.low < 0 < found.replay.gain.high


@pytest.mark.parametrize(("drawn", "picked"), [(60, 30), (20, 200)])
def test_too_few_labels_are_said_to_be_too_few(labelled_factory, seconds, drawn, picked):
    found = told(labelled_factory(drawn, picked), seconds)
    assert (found.verdict, found.stopping.signal, found.replay, found.arms) == ("too_few", "too_few", None, None)


def test_a_finding_that_hardly_occurs_does_not_count(labelled_factory, seconds):
    data = labelled_factory(200, 60, of_drawn=0.2)
    found = told(dataclasses.replace(data, truth=np.minimum(data.truth, 0)), seconds)
    assert found.findings == () and found.verdict == "too_few"


def test_the_same_seed_tells_the_same(labelled_factory, seconds):
    data = labelled_factory(250, 60)
    assert told(data, seconds, seed=4) == told(data, seconds, seed=4)


def test_longer_reading_costs_minutes_back(labelled_factory, seconds):
    data = labelled_factory(200, 60, of_drawn=0.2)
    trials = arms(data, learner, seed=1)
    even = compare(data, trials, Seconds(chosen=seconds.random, random=seconds.random), seed=1)
    slow = compare(data, trials, Seconds(chosen=seconds.random * 3, random=seconds.random), seed=1)
    assert slow.saved == even.saved and slow.minutes.value < even.minutes.value


def test_without_reading_times_no_minutes_are_told(labelled_factory):
    found = told(labelled_factory(300, 40), Seconds(chosen=np.empty(0), random=np.empty(0)))
    assert found.replay.minutes is None and found.chosen_seconds is None


def test_no_scout_learns_from_a_patient_it_is_tested_on(labelled_factory):
    data, taught = labelled_factory(300, 100), []

    def spy(embeddings, labels, weights, patients):
        taught.append({row.tobytes() for row in embeddings})
        return lambda points: np.full((len(points), 1), 0.5)

    trials = arms(data, spy, seed=2)
    fits = iter(taught)
    for trial in trials.each:
        same = np.isin(data.patients, data.patients[trial.rows])
        held = {row.tobytes() for row in data.embeddings[same]}
        assert not any(held & next(fits) for _way in range(2) for _size in trials.sizes)
