"""A small square of an image, on which all checks look. Sizes and sources differ less there than in the image itself."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.engine.stages.results import StageImage

SIDE = 64
ENOUGH = (
    512  # pixels; of a longer side whole rows and columns are left out first, since reading them all takes milliseconds
)
Planes = NDArray[np.float32]


@dataclass(frozen=True)
class Thumbnail:
    """`grey`: (64, 64), 0 to 1, stretched to the square. `opponents`: (2, 64, 64), red less green and blue less yellow,
    −1 to 1; zeros for a grey image. `height`, `width`: the image's own, in pixels.
    """

    grey: Planes
    opponents: Planes
    height: int
    width: int


def thumbnail(image: StageImage) -> Thumbnail:
    """The thumbnail of an image. What is not finite counts as black."""
    height, width = image.pixels.shape[:2]
    step = max(1, max(height, width) // ENOUGH)
    pixels = image.pixels[::step, ::step]
    if pixels.ndim == 2:
        return Thumbnail(_small(pixels), np.zeros((2, SIDE, SIDE), np.float32), height, width)
    # The rows first, of all channels at once: pulling the channels of a large image apart takes twice as long.
    rows = _resized(pixels.reshape(len(pixels), -1), pixels.shape[1] * 3, SIDE).reshape(SIDE, -1, 3)
    red, green, blue = (_small(rows[..., channel]) for channel in range(3))
    opponents = np.stack([red - green, blue - (red + green) / 2])
    return Thumbnail(np.asarray((red + green + blue) / 3, np.float32), opponents, height, width)


def _small(plane: Planes) -> Planes:
    small = np.nan_to_num(_resized(plane, SIDE, SIDE), nan=0.0, posinf=0.0, neginf=0.0)
    return np.asarray(np.clip(small, 0.0, 1.0), np.float32)


def _resized(plane: Planes, width: int, height: int) -> Planes:
    picture = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    return np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))
