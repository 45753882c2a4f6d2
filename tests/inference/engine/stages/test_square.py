import numpy as np
import pytest

from inference.engine.stages.results import StageImage
from inference.engine.stages.square import grey_square


def image(height, width, seed=0):
    return StageImage(np.random.default_rng(seed).random((height, width), np.float32))


def test_a_tall_film_lies_in_the_middle_of_black():
    square, place = grey_square(StageImage(np.ones((200, 100), np.float32)), 64)
    assert (place.left, place.top, place.width, place.height) == (16, 0, 32, 64)
    assert square[:, 16:48].min() == 1
    assert square[:, :16].max() == square[:, 48:].max() == 0


def test_grey_and_three_equal_channels_are_one():
    grey = image(90, 130)
    colour = StageImage(np.repeat(grey.pixels[..., None], 3, 2))
    assert np.allclose(grey_square(grey, 64)[0], grey_square(colour, 64)[0], atol=1e-6)


def test_a_huge_film_gives_the_same_square_as_a_small_one():
    ramp = np.linspace(0, 1, 3000, dtype=np.float32)[:, None] * np.ones((1, 2500), np.float32)
    large, _ = grey_square(StageImage(ramp), 64)
    small, _ = grey_square(StageImage(ramp[::10, ::10]), 64)
    assert np.abs(large - small).max() < 0.02


def test_what_is_no_grey_value_is_clipped():
    pixels = np.full((70, 70), 2, np.float32)
    pixels[:35] = np.nan
    square, _ = grey_square(StageImage(pixels), 35)
    assert square[:16].max() == 0
    assert square[19:].min() == 1


def test_an_image_without_pixels_is_refused():
    with pytest.raises(ValueError, match="without pixels"):
        grey_square(StageImage(np.zeros((0, 10), np.float32)), 64)
