import pytest

from labeling.consensus.median import median


def test_median_and_spread():
    measured = median([120, None, 132, 126])
    assert (measured.label, measured.spread, measured.readers) == (126, 12, 3)


def test_a_spread_beyond_tolerance_is_adjudicated_and_names_who_is_far():
    measured = median([100, 102, 130], tolerance=12)
    assert (measured.label, measured.adjudicate, measured.dissent) == (102, True, (2,))
    assert not median([100, 112], tolerance=12).adjudicate


def test_nobody_measured():
    assert median([None]).label is None


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        median([1, value])
