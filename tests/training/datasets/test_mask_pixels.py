import csv
import io

import numpy as np
import pytest
from PIL import Image

from tests.shared import SHARED, needs
from training.datasets.errors import DatasetError
from training.datasets.mask_pixels import mask_png, stored_mask


def square(top, dtype=np.uint8):
    pixels = np.zeros((8, 12), dtype)
    pixels[2:6, 3:9] = top
    return pixels


STORED = square(255)


@pytest.mark.parametrize(
    "pixels",
    [
        square(1),
        square(255),
        square(65535, np.uint16),
        square(True, np.bool_),
        np.repeat(square(255)[:, :, None], 3, axis=2),
        np.dstack([square(255)] * 3 + [np.full((8, 12), 255, np.uint8)]),
    ],
)
def test_every_way_to_write_a_mask_is_stored_alike(pixels):
    assert np.array_equal(stored_mask(pixels, width=12, height=8), STORED)


def test_a_mask_with_nothing_inside_is_one():
    assert not stored_mask(square(0), width=12, height=8).any()


def test_soft_edges_become_hard_ones():
    large = np.kron(square(255), np.ones((16, 16), np.uint8))
    soft = np.asarray(
        Image.fromarray(large).resize((100, 70), Image.Resampling.BICUBIC).resize((96, 64), Image.Resampling.BILINEAR)
    )
    assert len(np.unique(soft)) > 2
    stored = stored_mask(soft, width=96, height=64)
    assert set(np.unique(stored)) == {0, 255}
    assert abs(int((stored == 255).sum()) - 24 * 64) <= 60


def test_lossy_compression_is_no_second_structure():
    buffer = io.BytesIO()
    Image.fromarray(np.kron(square(255), np.ones((16, 16), np.uint8))).save(buffer, "JPEG", quality=75)
    pixels = np.asarray(Image.open(buffer))
    assert int((stored_mask(pixels, width=192, height=128) == 255).sum()) == pytest.approx(24 * 256, rel=0.02)


def of_two():
    pixels = square(255)
    pixels[0:8, 0:2] = 127
    return np.kron(pixels, np.ones((4, 4), np.uint8))


@pytest.mark.parametrize(
    "pixels, told",
    [
        (square(2), "brightest pixel"),
        (square(127), "brightest pixel"),
        (of_two(), "several structures"),
        (square(1.0, np.float32), "float32"),
        (np.dstack([square(255), square(0), square(0)]), "colour"),
        (np.zeros((4, 4, 4, 4), np.uint8), "flat"),
        (np.zeros((0, 4), np.uint8), "flat"),
    ],
)
def test_what_is_no_mask_is_refused(pixels, told):
    with pytest.raises(DatasetError, match=told):
        stored_mask(pixels, width=pixels.shape[-1], height=pixels.shape[0])


@pytest.mark.parametrize("factor", [2, 3])
def test_a_smaller_mask_of_the_same_shape_is_enlarged(factor):
    stored = stored_mask(square(1), width=12 * factor, height=8 * factor)
    assert np.array_equal(stored, np.kron(STORED, np.ones((factor, factor), np.uint8)))


def test_a_larger_mask_of_the_same_shape_is_reduced():
    large = np.kron(square(1), np.ones((3, 3), np.uint8))
    assert np.array_equal(stored_mask(large, width=12, height=8), STORED)


def test_another_shape_is_refused():
    with pytest.raises(DatasetError, match="12 × 8 pixels, its image 24 × 17"):
        stored_mask(square(1), width=24, height=17)


def test_two_halves_are_stored_as_one():
    left = np.zeros((8, 12), np.uint8)
    right = left.copy()
    left[:, :3] = 255
    right[:, 9:] = 1
    whole = np.asarray(Image.open(io.BytesIO(mask_png([left, right], width=12, height=8))))
    assert np.array_equal(whole, np.maximum(left, right * 255))


@needs("data/lung_masks")
def test_the_masks_of_the_pack_are_stored_as_they_are():
    folder = SHARED / "data" / "lung_masks"
    with (folder / "labels.csv").open(newline="") as file:
        pairs = [(row["image"], row["mask"]) for row in csv.DictReader(file)]
    for image, mask in pairs:
        width, height = Image.open(folder / image).size
        pixels = np.asarray(Image.open(folder / mask))
        assert np.array_equal(stored_mask(pixels, width=width, height=height), pixels)
