"""Expected reading time."""

import numpy as np
import pytest

from labeling.selection.constraints import above_threshold, minutes_learn, per_minute
from labeling.selection.pool import FindingOutput, Picks, Pool


def test_a_group_with_many_cases_is_expected_to_take_its_median():
    expected = minutes_learn([60_000] * 500 + [180_000] * 500, ["short"] * 500 + ["long"] * 500)
    assert expected.of("short") == pytest.approx(1, rel=0.05)
    assert expected.of("long") == pytest.approx(3, rel=0.05)


def test_a_group_with_one_case_is_drawn_to_the_project():
    expected = minutes_learn([60_000] * 50 + [600_000], ["usual"] * 50 + ["odd"])
    assert expected.of("odd") < 1.2


def test_a_reader_called_away_changes_little():
    assert minutes_learn([60_000] * 20 + [7_200_000], ["usual"] * 21).typical == pytest.approx(1)


def test_a_group_never_seen_takes_as_long_as_any_case():
    assert minutes_learn([60_000] * 20, ["usual"] * 20).of("other") == pytest.approx(1)


def test_too_few_cases_tell_nothing():
    assert minutes_learn([60_000] * 9, ["usual"] * 9) is None


@pytest.mark.parametrize(("times", "groups"), [([0] * 10, ["a"] * 10), ([1.0] * 10, ["a"] * 9)])
def test_nonsense_is_refused(times, groups):
    with pytest.raises(ValueError, match="times above 0"):
        minutes_learn(times, groups)


def test_above_asks_each_binary_finding_for_its_own_threshold():
    pool = Pool(np.array([[0.3, 0.1], [0.1, 0.6], [0.1, 0.4]]), (FindingOutput("effusion"), FindingOutput("nodule")))
    assert above_threshold(pool, {"effusion": 0.2}).tolist() == [True, True, False]


def test_of_equal_gain_the_shorter_case_comes_first():
    slate = Picks(rows=np.arange(4), scores=np.zeros(4))
    assert per_minute(slate, np.array([10.0, 1.0, 1.0, 10.0]), 2).rows.tolist() == [1, 2]
    assert per_minute(slate, np.ones(4), 3).rows.tolist() == [0, 1, 2]
