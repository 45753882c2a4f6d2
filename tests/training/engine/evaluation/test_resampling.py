import numpy as np
import pytest

from training.engine.evaluation import resampling
from training.engine.evaluation.resampling import patient_weights, percentiles


def test_a_patient_comes_with_all_images():
    weights = np.concatenate(list(patient_weights(["a", "b", "a", "c"], 4, 50, seed=0)))
    assert weights.shape == (50, 4)
    assert (weights[:, 0] == weights[:, 2]).all()
    assert (weights[:, [0, 1, 3]].sum(axis=1) == 3).all()


def test_blocks_change_nothing(monkeypatch):
    whole = np.concatenate(list(patient_weights(None, 7, 30, seed=1)))
    monkeypatch.setattr(resampling, "CELLS", 40)
    blocks = list(patient_weights(None, 7, 30, seed=1))
    assert len(blocks) == 6
    assert np.array_equal(np.concatenate(blocks), whole)


def test_too_many_empty_resamples_give_no_limits():
    draws = np.array([0.5] * 80 + [np.nan] * 20)
    assert np.isnan(percentiles(0.5, draws, 0.95).low)
    assert percentiles(0.5, draws[10:80], 0.95).low == pytest.approx(0.5)
