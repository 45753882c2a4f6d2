"""What a person or a model sees of a rendition: windows, polarity and scaling, in numpy alone."""

import gzip
from collections.abc import Sequence
from typing import Any, Protocol, TypeAlias

import numpy as np

from .values import Window

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
    if inverted:
        grey = 1 - grey
    return np.asarray(grey, dtype=np.float32)


class Packed(Protocol):
    """What the numbers of a frame mean, whether it comes from the child (Rendering, Frame) or out of the database."""

    @property
    def full(self) -> Any: ...
    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> int: ...
    @property
    def channels(self) -> int: ...
    @property
    def bits(self) -> int: ...
    @property
    def slope(self) -> float: ...
    @property
    def intercept(self) -> float: ...
    @property
    def inverted(self) -> bool: ...
    @property
    def padding(self) -> Sequence[int] | None: ...


def model_input(frame: Packed, full: bytes | None = None) -> np.ndarray[Any, np.dtype[np.float32]]:
    """What every model is given of a frame, for training and for serving alike.

    float32 [rows, columns] or [rows, columns, 3] from 0 to 1, bone white, padding 0. Numbers of at most 8 bits are divided
    by the largest number that the bits can say; deeper ones are stretched between the 0.5th and 99.5th percentile of what
    was measured, so that neither the device's units nor its window matter. `full` is the packed level where the frame
    does not hold it itself.
    """
    if full is None:
        full = frame.full
    numbers = unpack(full, frame.rows, frame.columns, frame.channels)
    bits = frame.bits
    if frame.channels == 3:
        bits = 8
    padded = padded_in(numbers, frame.padding)
    if bits <= 8:
        low = 0.0
        high = 2.0**bits - 1
    else:
        measured = numbers
        if padded is not None:
            measured = numbers[~padded]
        low, high = np.percentile(measured, PERCENTILES)
    span = np.float32(max(high - low, 1e-6))
    grey = np.clip((numbers.astype(np.float32) - np.float32(low)) / span, 0, 1)
    if frame.inverted != (frame.slope < 0):
        grey = 1 - grey
    if padded is not None:
        grey[padded] = 0
    return np.asarray(grey, dtype=np.float32)


def shown(numbers: Pixels, frame: Packed, window: Window) -> np.ndarray[Any, np.dtype[np.float32]]:
    """A grey frame's numbers of any level as they are first displayed, 0 black to 1 white; padding is black.

    float32 of the shape of `numbers`, which may be means and so no whole numbers.
    """
    grey = presentation(numbers * frame.slope + frame.intercept, window, inverted=frame.inverted)
    padded = padded_in(numbers, frame.padding)
    if padded is not None:
        grey[padded] = 0
    return grey


def padded_in(numbers: Pixels, padding: Sequence[int] | None) -> np.ndarray[Any, np.dtype[np.bool_]] | None:
    """Where `numbers` are padding: bool of their shape. None for an image that declares none."""
    if padding is None:
        return None
    return np.asarray((numbers >= padding[0]) & (numbers <= padding[1]))
