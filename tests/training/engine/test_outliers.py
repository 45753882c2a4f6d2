"""Codes for "not measured" among measurements stand out; real values do not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.engine.outliers import FEWEST, outliers

BONE_AGES = np.random.default_rng(0).normal(127, 41, 400).clip(1, 228).round()


@pytest.mark.parametrize("code", [-9999, -999, -99, -9, -1, 999, 9999, 1e30])
@pytest.mark.parametrize("times", [1, 3, 60])
def test_a_code_among_bone_ages_stands_out(code, times):
    found = outliers(np.r_[BONE_AGES, np.full(times, float(code))])
    assert found.tolist() == [code] * times


@pytest.mark.parametrize(
    "values",
    [
        BONE_AGES,
        np.random.default_rng(1).normal(0, 1, 1000),  # of both signs
        np.random.default_rng(2).normal(-600, 80, 300),  # all negative, as Hounsfield units of a lung
        np.r_[np.zeros(300), np.random.default_rng(3).uniform(1, 30, 100)],  # most have none
        np.full(50, 7.0),
        np.arange(100.0),
    ],
)
def test_real_values_do_not(values):
    assert not len(outliers(values))


def test_few_values_tell_nothing():
    assert not len(outliers(np.r_[np.arange(FEWEST - 2.0), -9999.0]))
    assert outliers(np.r_[np.arange(FEWEST - 1.0), -9999.0]).tolist() == [-9999]


@given(st.lists(st.floats(-1e30, 1e30), max_size=60), st.floats(0.01, 100))
def test_it_depends_on_no_unit_and_finds_nothing_new(values, factor):
    measured = np.array(values)
    found = outliers(measured)
    assert len(found) <= len(values) / 2 and np.isin(found, measured).all()
    assert len(outliers(measured * 2.0**8)) == len(found)
