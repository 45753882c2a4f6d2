"""Operations on pixel maps: enlarging, turning, blurring, cloudy noise."""

import math

import numpy as np
from numpy.random import Generator
from PIL import Image
from scipy.ndimage import gaussian_filter

from phantom.shapes import Map

BICUBIC = Image.Resampling.BICUBIC
BILINEAR = Image.Resampling.BILINEAR


def blur(a: Map, sigma: float) -> Map:
    """Gaussian blur, sigma in pixels; nothing at all below a fifth of a pixel."""
    if sigma < 0.2:
        return a
    return np.asarray(gaussian_filter(a, sigma, truncate=3), np.float32)


def enlarge(a: Map, shape: tuple[int, int]) -> Map:
    """Resize to (rows, columns), bicubic."""
    image = Image.fromarray(np.asarray(a, np.float32))
    return np.asarray(image.resize((shape[1], shape[0]), BICUBIC), np.float32)


def turn(a: Map, degrees: float, size: int, how: Image.Resampling = BICUBIC) -> Map:
    """A square map turned about its middle and resized to (size, size), zoomed just enough that no corner is empty."""
    angle = math.radians(degrees)
    half = a.shape[0] / 2
    zoom = a.shape[0] / size / (abs(math.cos(angle)) + abs(math.sin(angle)))
    c = math.cos(angle) * zoom
    s = math.sin(angle) * zoom
    affine = (c, s, half - size / 2 * (c + s), -s, c, half - size / 2 * (c - s))
    image = Image.fromarray(np.asarray(a, np.float32))
    return np.asarray(image.transform((size, size), Image.Transform.AFFINE, affine, how), np.float32)


def clouds(rng: Generator, shape: tuple[int, int], grain: float) -> Map:
    """Smooth noise of zero mean and unit variance whose grain is `grain` pixels."""
    if grain < 1.5:
        return rng.standard_normal(shape, np.float32)
    coarse = (int(2 * shape[0] / grain) + 6, int(2 * shape[1] / grain) + 6)
    noise = gaussian_filter(rng.standard_normal(coarse, np.float32), 1.1, truncate=2.5)[2:-2, 2:-2]
    return enlarge(noise / (noise.std() + 1e-6), shape)
