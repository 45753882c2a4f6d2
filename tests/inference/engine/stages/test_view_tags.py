import pytest

from inference.engine.stages.view_tags import view_of_tag


@pytest.mark.parametrize("tag", ["PA", "AP", "ap", "AP Supine", "FRONTAL", "AP/PA"])
def test_frontal(tag):
    assert view_of_tag(tag) == "frontal"


@pytest.mark.parametrize("tag", ["LATERAL", "LL", "RL", "Left lateral", "LAT"])
def test_lateral(tag):
    assert view_of_tag(tag) == "lateral"


@pytest.mark.parametrize("tag", ["", "LLD", "RLD", "Lateral decubitus", "LLO", "UNKNOWN", "PA LATERAL", "X-RAY"])
def test_no_view_or_not_one(tag):
    assert view_of_tag(tag) is None
