"""The pixels of a mask as they are stored: 0 outside, 255 inside, as large as the image."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.datasets.errors import DatasetError

TOPS = (0, 1, 255, 65535)  # what stands for "inside" in masks of bits, bytes and 16 bits; 0 where nothing is inside
NEARLY_WHITE = range(240, 256)  # what lossy compression makes of 255
EDGE = 2  # half the width in pixels of an edge between outside and inside that compression or a resize made soft


def mask_png(halves: Sequence[NDArray[np.generic]], *, width: int, height: int) -> bytes:
    """The masks of one structure together, as a PNG. Raises DatasetError where one is no mask of the image."""
    if not halves:
        raise DatasetError("There is no mask.")
    whole = np.zeros((height, width), np.uint8)
    for half in halves:
        np.maximum(whole, stored_mask(half, width=width, height=height), out=whole)
    target = io.BytesIO()
    Image.fromarray(whole).save(target, "PNG")
    return target.getvalue()


def stored_mask(pixels: NDArray[np.generic], *, width: int, height: int) -> NDArray[np.uint8]:
    """uint8[height, width] of 0 and 255. `pixels`: [h, w], or [h, w, 3 or 4] of a grey picture saved in colour.

    Nothing is guessed: a map of several structures, a coloured picture, or a mask of another shape is a DatasetError.
    """
    inside = _inside(_grey(pixels))
    return np.where(_resized(inside, width, height), np.uint8(255), np.uint8(0))


def _grey(pixels: NDArray[np.generic]) -> NDArray[np.generic]:
    if pixels.ndim == 3 and pixels.shape[2] in (3, 4):
        colours = pixels[:, :, :3]
        opaque = pixels.shape[2] == 3 or np.unique(pixels[:, :, 3]).size == 1
        if not opaque or (colours != colours[:, :, :1]).any():
            raise DatasetError("The mask is a picture in colour. Save one structure a file, black and white.")
        return colours[:, :, 0]
    if pixels.ndim != 2 or not pixels.size:
        raise DatasetError("The mask is no flat picture.")
    return pixels


def _inside(grey: NDArray[np.generic]) -> NDArray[np.bool_]:
    if grey.dtype == np.bool_:
        return grey.astype(np.bool_)
    if grey.dtype.kind not in "ui":
        raise DatasetError(f"The mask holds {grey.dtype} numbers. Save it black and white.")
    values = grey.astype(np.int64)
    top = int(values.max())
    if top in NEARLY_WHITE:
        top = 255
    if values.min() < 0 or top not in TOPS:
        raise DatasetError(f"The brightest pixel of the mask is {top}, neither 1 nor 255. Save it black and white.")
    between = (values > top // 8) & (values < top - top // 8)
    if _has_plain(between):
        raise DatasetError(
            "The mask holds areas that are neither black nor white: several structures, or a grey picture."
        )
    inside: NDArray[np.bool_] = values * 2 > top
    return inside


def _has_plain(between: NDArray[np.bool_]) -> bool:
    """Whether pixels between the ends fill a square somewhere: an edge, however soft, is a line."""
    for _ in range(EDGE):
        if min(between.shape) < 3:
            return bool(between.any())
        rows = between[:-2] & between[1:-1] & between[2:]
        between = rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:]
    return bool(between.any())


def _resized(inside: NDArray[np.bool_], width: int, height: int) -> NDArray[np.bool_]:
    """The nearest pixel for each, where both sides are scaled alike."""
    own_height, own_width = inside.shape
    if (own_width, own_height) == (width, height):
        return inside
    if own_width * height != own_height * width:
        raise DatasetError(
            f"The mask is {own_width} × {own_height} pixels, its image {width} × {height}: another shape."
        )
    rows = (2 * np.arange(height) + 1) * own_height // (2 * height)
    columns = (2 * np.arange(width) + 1) * own_width // (2 * width)
    nearest: NDArray[np.bool_] = inside[rows[:, None], columns]
    return nearest
