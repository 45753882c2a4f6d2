"""What an image looks like, in a few hundred numbers made without a trained network.

Coarse pixels of even brightness and contrast, orientations of edges (Dalal and Triggs 2005, Histograms of oriented gradients;
square roots as in Arandjelović and Zisserman 2012), the spectrum by rings, the distribution of grey, and coarse colour.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from inference.engine.gate.thumbnail import SIDE, Thumbnail

Float = NDArray[np.float32]

CELLS, ORIENTATIONS, RINGS = 8, 8, 8
TINT = 0.007  # distance from grey that a scanner or a lossy file may make
FAINT = 0.02  # standard deviation of grey; a fainter image is not amplified any further


@dataclass(frozen=True)
class Block:
    """Part of a descriptor. `weight`: its standard deviation, all numbers together, among the project's images.

    `least`: a block of less standard deviation is taken to have so much. Grey projects have no colour at all.
    """

    name: str
    length: int
    weight: float
    least: float


BLOCKS = (
    Block("pixels", 256, 3.0, 0.5),
    Block("edges", CELLS * CELLS * ORIENTATIONS, 2.0, 0.5),
    Block("spectrum", RINGS, 2.0, 0.5),
    Block("greys", SIDE, 2.0, 0.5),
    Block("colours", 32, 2.0, 0.3),
    Block("colourfulness", 1, 2.0, 0.5),
)
LENGTH = sum(block.length for block in BLOCKS)


def descriptor(thumb: Thumbnail) -> Float:
    """float32 (LENGTH,), the blocks in their order."""
    even = (thumb.grey - thumb.grey.mean()) / max(float(thumb.grey.std()), FAINT)
    greys = np.sort(even, axis=None).reshape(SIDE, SIDE).mean(1)
    parts = (_coarse(even, 16), _edges(even), _spectrum(even), greys, *_colours(thumb.opponents))
    return np.concatenate(parts, dtype=np.float32)


def inverted(descriptors: Float) -> Float:
    """Descriptors (N, LENGTH) of the same images with black and white exchanged, made without looking again."""
    starts = np.cumsum([block.length for block in BLOCKS])[:-1]
    pixels, edges, spectrum, greys, colours, colourfulness = np.split(descriptors, starts, axis=1)
    return np.concatenate([-pixels, edges, spectrum, -greys[:, ::-1], -colours, colourfulness], axis=1)


def _coarse(plane: Float, cells: int) -> Float:
    side = SIDE // cells
    return np.asarray(plane.reshape(cells, side, cells, side).mean((1, 3)), np.float32).ravel()


def _colours(opponents: Float) -> tuple[Float, Float]:
    """Coarse colours, and the logarithm of their mean distance from grey: a grey image is far from any coloured one."""
    coarse = np.concatenate([_coarse(plane, 4) for plane in opponents])
    mean = np.hypot(*opponents).mean()
    return coarse, np.log(mean + TINT, dtype=np.float32)[None]


def _edges(even: Float) -> Float:
    """Square roots of each orientation's share of its cell."""
    down, right = np.gradient(even)
    angle = np.mod(np.arctan2(down, right), np.pi)
    orientation = (angle / np.pi * ORIENTATIONS).astype(np.intp) % ORIENTATIONS
    bins = _cells() * ORIENTATIONS + orientation
    count = CELLS * CELLS * ORIENTATIONS
    strength = np.bincount(bins.ravel(), np.hypot(down, right).ravel(), count).reshape(-1, ORIENTATIONS)
    cells = strength.sum(1, keepdims=True)
    # Half of the mean cell is added, as an empty cell would otherwise be all noise.
    return np.asarray(np.sqrt(strength / (cells + cells.mean() / 2 + 1e-6)), np.float32).ravel()


def _spectrum(even: Float) -> Float:
    """Natural logarithm of each ring's share of the power, −14 at the least."""
    power = np.abs(np.fft.rfft2(even * _window())) ** 2
    rings = np.bincount(_ring().ravel(), power.ravel(), RINGS + 1)[:RINGS]
    return np.asarray(np.log(rings / max(float(rings.sum()), 1e-9) + 1e-6), np.float32)


@cache
def _cells() -> NDArray[np.intp]:
    """(SIDE, SIDE): which cell a pixel lies in."""
    index = np.arange(SIDE) // (SIDE // CELLS)
    return index[:, None] * CELLS + index


@cache
def _window() -> Float:
    window = np.hanning(SIDE).astype(np.float32)
    return window[:, None] * window


@cache
def _ring() -> NDArray[np.intp]:
    """Which ring a frequency lies in; RINGS for those in the corners."""
    radius = np.hypot(np.fft.fftfreq(SIDE)[:, None], np.fft.rfftfreq(SIDE)[None])
    ring: NDArray[np.intp] = np.minimum((radius * 2 * RINGS).astype(np.intp), RINGS)
    return ring
