import numpy as np
import pytest

from inference.engine.gate.thumbnail import thumbnail
from inference.engine.stages.results import StageImage


def test_the_size_is_that_of_the_image():
    thumb = thumbnail(StageImage(np.zeros((700, 1300), np.float32)))
    assert (thumb.height, thumb.width) == (700, 1300)
    assert thumb.grey.shape == (64, 64)


def test_colours_are_told_apart():
    red = np.zeros((80, 100, 3), np.float32)
    red[..., 0] = 0.9
    thumb = thumbnail(StageImage(red))
    assert thumb.grey == pytest.approx(np.full((64, 64), 0.3), abs=1e-5)
    assert thumb.opponents[0] == pytest.approx(np.full((64, 64), 0.9), abs=1e-5)
    assert thumb.opponents[1] == pytest.approx(np.full((64, 64), -0.45), abs=1e-5)


def test_colours_lie_where_they_lay():
    pixels = np.zeros((128, 256, 3), np.float32)
    pixels[:64, 128:, 2] = 1
    blue = thumbnail(StageImage(pixels)).opponents[1]
    assert blue[:30, 34:].min() > 0.99
    assert blue[34:].max() == blue[:, :30].max() == 0


def test_what_is_not_finite_counts_as_black():
    thumb = thumbnail(StageImage(np.full((70, 70), np.nan, np.float32)))
    assert thumb.grey.max() == 0


def test_a_single_row_has_a_thumbnail():
    assert np.isfinite(thumbnail(StageImage(np.ones((1, 3000), np.float32))).grey).all()
