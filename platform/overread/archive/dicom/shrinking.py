"""Smaller levels of a frame, as box means that leave padding out."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .display import padded_in

Pixels = np.ndarray[Any, np.dtype[Any]]
Means = np.ndarray[Any, np.dtype[np.float32]]
TOP = 65535


def box_half(pixels: Pixels, padding: Sequence[int] | None = None) -> Pixels:
    """2×2 box mean, rounded, of [rows, columns] or [rows, columns, channels]; odd edges count by what they have.

    Padding is left out of a mean; what is all padding stays padding.
    """
    rows = pixels.shape[0] % 2
    columns = pixels.shape[1] % 2
    if rows or columns:
        pixels = np.pad(pixels, ((0, rows), (0, columns), *[(0, 0)] * (pixels.ndim - 2)), mode="edge")
    corners = [pixels[row::2, column::2] for row in (0, 1) for column in (0, 1)]
    if padding is None:
        total = corners[0].astype(np.uint32)
        for corner in corners[1:]:
            total += corner
        return ((total + 2) >> 2).astype(pixels.dtype)
    total = np.zeros(corners[0].shape, np.uint32)
    count = np.zeros(corners[0].shape, np.uint32)
    for corner in corners:
        measured = ~_padded(corner, padding)
        total += np.where(measured, corner, 0)
        count += measured
    means = ((total + count // 2) // np.maximum(count, 1)).astype(pixels.dtype)
    return _kept_apart(means, count == 0, padding)


def _kept_apart(means: Pixels, empty: Pixels, padding: Sequence[int]) -> Pixels:
    """A mean of measurements on both sides of the padding may not pass for padding itself."""
    low, high = padding
    beside = high + 1 if high < TOP else low - 1
    means[_padded(means, padding)] = beside
    means[empty] = low
    return means


def block_mean(pixels: Pixels, factor: int, padding: Sequence[int] | None = None) -> Means:
    """Box mean over factor × factor pixels, float32; a ragged edge is cut. What is all padding stays padding."""
    rows, columns = (side // factor for side in pixels.shape[:2])
    blocks = pixels[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor, *pixels.shape[2:])
    if padding is None:
        return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float32))
    measured = ~_padded(blocks, padding)
    total = np.where(measured, blocks, 0).sum(axis=(1, 3), dtype=np.float64)
    count = measured.sum(axis=(1, 3))
    means = np.asarray(total / np.maximum(count, 1), np.float32)
    return _kept_apart(means, count == 0, padding)


def _padded(pixels: Pixels, padding: Sequence[int]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    padded = padded_in(pixels, padding)
    assert padded is not None
    return padded
