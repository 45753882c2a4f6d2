import json

import numpy as np
import pytest

from inference.engine.preparation import Preparation


def test_letterbox_keeps_the_aspect_ratio_and_pads_with_black():
    pixels = Preparation(64).pixels(np.ones((100, 200), np.float32))
    assert pixels.shape == (64, 64) and pixels.dtype == np.uint8
    assert (pixels[16:48] == 255).all() and not pixels[:16].any() and not pixels[48:].any()


def test_stretch_fills_the_square():
    assert (Preparation(64, fit="stretch").pixels(np.ones((100, 200), np.float32)) == 255).all()


def test_a_fine_pattern_is_averaged_and_not_aliased():
    checkers = np.indices((256, 256)).sum(0) % 2
    assert np.ptp(Preparation(64).pixels(checkers.astype(np.float32))[4:-4, 4:-4].astype(int)) <= 1


def test_serving_sees_what_training_stored():
    preparation = Preparation(48, mean=(0.4,), sd=(0.2,))
    image = np.random.default_rng(0).random((75, 60), np.float32)
    stored = preparation.pixels(image)
    assert np.array_equal(preparation.prepare(image), preparation.normalise(stored[None])[0])


def test_colour_and_grey_fit_either_input():
    grey = np.full((32, 32), 0.5, np.float32)
    colour = Preparation(32, 3, mean=(0.5,) * 3, sd=(0.25,) * 3)
    assert colour.prepare(grey).shape == (3, 32, 32)
    assert np.allclose(Preparation(32).pixels(np.dstack([grey] * 3)), Preparation(32).pixels(grey))


@pytest.mark.parametrize("fit", ["letterbox", "stretch"])
def test_a_bright_spot_is_found_again_in_the_image(fit):
    image = np.zeros((300, 200), np.float32)
    image[220:230, 40:50] = 1
    preparation = Preparation(100, fit=fit)
    row, column = np.argwhere(preparation.pixels(image) > 100).mean(0) + 0.5
    x, y = preparation.placement(300, 200).to_image(column / 100, row / 100)
    assert (x, y) == pytest.approx((45, 225), abs=2)


def test_the_map_of_a_letterboxed_image_covers_more_than_the_image():
    assert Preparation(64).placement(100, 200).rectangle == pytest.approx((0, -50, 200, 200))


@pytest.mark.parametrize("bad", [np.nan, 1.5, -0.1])
def test_values_outside_0_to_1_are_refused(bad):
    with pytest.raises(ValueError, match="outside 0 to 1"):
        Preparation(32).prepare(np.full((8, 8), bad, np.float32))


@pytest.mark.parametrize("shape", [(8,), (8, 8, 4), (0, 8)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="An image is"):
        Preparation(32).prepare(np.zeros(shape, np.float32))


def test_json_gives_the_preparation_back():
    preparation = Preparation(32, 3, "stretch", (0.4, 0.5, 0.6), (0.2, 0.2, 0.2))
    assert Preparation.from_dict(json.loads(json.dumps(preparation.to_dict()))) == preparation
