import numpy as np
import pytest

from inference.engine.gate.descriptor import LENGTH, descriptor, inverted
from inference.engine.gate.thumbnail import thumbnail
from inference.engine.stages.results import StageImage


def described(pixels):
    return descriptor(thumbnail(StageImage(np.asarray(pixels, np.float32))))


@pytest.fixture
def pixels():
    return np.random.default_rng(0).random((96, 80, 3), np.float32)


def test_it_has_its_length(pixels):
    assert described(pixels).shape == (LENGTH,)


def test_brightness_and_contrast_do_not_count(pixels):
    grey = pixels[..., 0]
    assert described(grey * 0.4 + 0.3) == pytest.approx(described(grey), abs=1e-3)


def test_the_inverse_is_that_of_the_inverted_image(pixels):
    assert inverted(described(pixels)[None])[0] == pytest.approx(described(1 - pixels), abs=2e-3)


def test_what_is_turned_is_another(pixels):
    grey = pixels[:80, :, 0]
    assert np.abs(described(grey.T) - described(grey)).max() > 0.1


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_a_blank_image_has_a_finite_one(level):
    assert np.isfinite(described(np.full((64, 64), level))).all()
