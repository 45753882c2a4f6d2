import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from inference.engine.gate.measures import measures
from inference.engine.gate.thumbnail import thumbnail
from inference.engine.stages.results import StageImage


def figures(pixels):
    return measures(thumbnail(StageImage(np.asarray(pixels, np.float32))))


@pytest.fixture
def texture():
    return np.random.default_rng(0).random((64, 64), np.float32)


def test_exposure_is_read_at_both_ends():
    half = np.zeros((64, 64))
    half[:, :16] = 1
    found = figures(half)
    assert found["white"] == 0.25
    assert found["extremes"] == 1
    assert found["peak"] == found["range"] == 1


def test_a_blur_takes_detail_away(texture):
    assert figures(gaussian_filter(texture, 3))["detail"] < figures(texture)["detail"] / 3


def test_contrast_does_not_change_detail(texture):
    assert figures(texture * 0.3 + 0.2)["detail"] == pytest.approx(figures(texture)["detail"], rel=1e-4)


def test_a_border_is_not_covered(texture):
    framed = np.zeros((64, 64))
    framed[16:48, 16:48] = texture[:32, :32]
    assert figures(framed)["coverage"] == 0.25


def test_a_strip_covers_little_of_the_square(texture):
    assert figures(np.tile(texture, (1, 4)))["coverage"] == 0.25


def test_a_blank_image_has_no_coverage_and_no_detail():
    found = figures(np.full((64, 64), 0.5))
    assert found["coverage"] == found["range"] == 0
    assert found["detail"] < 0.01
