"""An image as the small grey square that a stage's network takes. NumPy and Pillow only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from inference.engine.preparation import Placement, Preparation
from inference.engine.stages.results import StageImage

FINER = 4
"""How many pixels of an image are kept for one of the square before the averaging: beyond it, more only cost time."""


def grey_square(image: StageImage, size: int) -> tuple[NDArray[np.float32], Placement]:
    """float32 (size, size), 0 to 1, letterboxed with black, and where the image lies in it.

    Antialiased by Pillow's bilinear filter. Values outside 0 to 1 are clipped, and NaN is black. Raises ValueError for an
    image without pixels.
    """
    height, width = image.pixels.shape[:2]
    if not height or not width:
        raise ValueError("An image without pixels has no square.")
    place = Preparation(size).placement(height, width)
    step = max(1, min(height // (FINER * place.height), width // (FINER * place.width)))
    coarse = Image.fromarray(_grey(image.pixels[::step, ::step]))
    small = np.asarray(coarse.resize((place.width, place.height), Image.Resampling.BILINEAR))
    square = np.zeros((size, size), np.float32)
    square[place.top : place.top + place.height, place.left : place.left + place.width] = small
    return square, place


def _grey(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W), contiguous. The sum of three planes takes a tenth of the time of NumPy's mean over them."""
    if pixels.ndim == 3:
        pixels = (pixels[..., 0] + pixels[..., 1] + pixels[..., 2]) / np.float32(3)
    return np.ascontiguousarray(np.nan_to_num(np.clip(pixels, 0, 1), nan=0.0), np.float32)
