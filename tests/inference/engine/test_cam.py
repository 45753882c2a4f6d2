import numpy as np
import pytest

from inference.engine.cam import quantise


def test_findings_of_one_image_share_a_scale():
    maps = np.array([[[4.0, 2.0]], [[1.0, -3.0]]], np.float32)
    quantised = quantise(maps)
    assert quantised.levels.tolist() == [[[255, 128]], [[64, 0]]]
    assert quantised.scale == 4.0


def test_a_given_scale_matches_other_maps():
    assert quantise(np.array([[1.0, 9.0]]), scale=2.0).levels.tolist() == [[128, 255]]


def test_evidence_against_everything_is_an_empty_map():
    quantised = quantise(np.full((2, 3, 3), -1.0))
    assert not quantised.levels.any() and quantised.scale == 0.0


def test_no_number_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        quantise(np.array([[np.nan]]))
