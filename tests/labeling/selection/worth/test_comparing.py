"""Curves, labels saved, and intervals."""

import numpy as np
import pytest

from labeling.selection.worth.comparing import BootstrapInterval, labels_saved

SIZES = np.array([10, 20, 30, 40])
SLOW, FAST = np.array([0.5, 0.6, 0.7, 0.8]), np.array([0.5, 0.8, 0.85, 0.9])


def test_labels_saved_are_those_not_needed_for_the_same_level():
    assert labels_saved(SIZES, FAST, SLOW) == pytest.approx(20)


def test_exchanging_the_ways_changes_the_sign_alone():
    assert labels_saved(SIZES, SLOW, FAST) == pytest.approx(-labels_saved(SIZES, FAST, SLOW))


def test_a_chance_peak_is_no_arrival():
    peak = np.array([0.5, 0.81, 0.5, 0.7])
    assert labels_saved(SIZES, peak, SLOW) < 0


def test_a_gap_in_a_curve_tells_nothing():
    assert np.isnan(labels_saved(SIZES, FAST, np.array([np.nan, 0.6, 0.7, 0.8])))


def test_an_interval_covers_a_known_mean():
    rng = np.random.default_rng(0)
    covered = 0
    for _ in range(200):
        drawn = rng.normal(2.0, 1.0, 60)
        means = rng.choice(drawn, (1000, 60)).mean(axis=1)
        found = BootstrapInterval.of(np.append(drawn.mean(), means))
        covered += found.low <= 2.0 <= found.high
    assert covered >= 190
