import pytest

from labeling.consensus.median import median


def test_who_did_not_measure_is_left_out():
    assert median([120, None, 132, 126]) == 126


def test_of_two_it_is_the_middle():
    assert median([100, 112]) == 106


def test_nobody_measured():
    assert median([None]) is None


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        median([1, value])
