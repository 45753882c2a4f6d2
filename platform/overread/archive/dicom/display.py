"""What a person or a model sees of a rendition: windows, polarity and scaling, in numpy alone."""

import gzip
from typing import Any, TypeAlias

import numpy as np

from .values import Rendering, Window

Pixels: TypeAlias = np.ndarray[Any, np.dtype[Any]]
PERCENTILES = (0.5, 99.5)


def unpack(full: bytes, rows: int, columns: int, channels: int) -> Pixels:
    """The numbers of a packed level: uint16 [rows, columns] for one channel, uint8 [rows, columns, 3] for three."""
    data = gzip.decompress(full)
    if channels == 1:
        return np.frombuffer(data, "<u2").reshape(rows, columns)
    return np.frombuffer(data, np.uint8).reshape(rows, columns, channels)


def presentation(values: Pixels, window: Window, *, inverted: bool) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Modality values as grey, 0 black to 1 white, float32 of the same shape (PS3.3 C.11.2.1).

    `inverted` is the image's polarity (MONOCHROME1), or that XOR the reader's choice.
    """
    values = values.astype(np.float32)
    center, width = window.center, window.width
    if window.table:
        share = np.clip((values - center) / width + 0.5, 0, 1)
        grey = np.interp(share, np.linspace(0, 1, len(window.table)), window.table)
    elif window.function == "SIGMOID":
        grey = 1 / (1 + np.exp(np.clip(-4 * (values - center) / width, -80, 80)))
    elif window.function == "LINEAR_EXACT":
        grey = np.clip((values - center) / width + 0.5, 0, 1)
    elif width <= 1:
        grey = (values > center - 0.5).astype(np.float32)
    else:
        grey = np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1)
    return np.asarray(1 - grey if inverted else grey, dtype=np.float32)


def model_input(image: Rendering | Pixels, *, inverted: bool = False) -> np.ndarray[Any, np.dtype[np.float32]]:
    """What the models eat: float32 [rows, columns] or [rows, columns, 3] from 0 to 1, bone white.

    Images of at most 8 bits are divided by their largest number; deeper ones are stretched between their 0.5th and
    99.5th percentile, so that neither the device's units nor its window matter. A Rendering brings its own polarity;
    for an array of numbers `inverted` gives it, and its type tells the depth (uint8 or deeper).
    """
    if isinstance(image, Rendering):
        numbers = unpack(image.full, image.rows, image.columns, image.channels)
        dark_is_high = image.inverted != (image.slope < 0)
        return _scaled(numbers, 8 if image.channels == 3 else image.bits, inverted=dark_is_high)
    return _scaled(image, 8 if image.dtype == np.uint8 else 16, inverted=inverted)


def _scaled(numbers: Pixels, bits: int, *, inverted: bool) -> np.ndarray[Any, np.dtype[np.float32]]:
    low, high = (0.0, 2.0**bits - 1) if bits <= 8 else np.percentile(numbers, PERCENTILES)
    grey = np.clip((numbers.astype(np.float32) - np.float32(low)) / np.float32(max(high - low, 1e-6)), 0, 1)
    return np.asarray(1 - grey if inverted else grey, dtype=np.float32)
