"""Profiles from which bodies are composed: curves through knots, rounded chords, soft steps."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator

Map = NDArray[np.floating[Any]]
"""Values on the pixel grid (n, n), or on one of its axes (n, 1) or (1, n); float32."""


def curve(knots: Sequence[float], values: Sequence[float], at: ArrayLike) -> Map:
    """Monotone cubic through (knots, values) at `at`; held constant beyond the ends."""
    within = np.clip(at, knots[0], knots[-1])
    return np.asarray(_cubic(tuple(knots), tuple(values))(within), np.float32)


@lru_cache(64)
def _cubic(knots: tuple[float, ...], values: tuple[float, ...]) -> PchipInterpolator:
    return PchipInterpolator(knots, values)


def power(q: Map, exponent: float) -> Map:
    """|q| to one of the exponents 2, 2.5, 3 and 4, by products alone (several times quicker than `**`)."""
    square = q * q
    if exponent == 2:
        return square
    if exponent == 4:
        return square * square
    if exponent == 3:
        return square * np.abs(q)
    if exponent == 2.5:
        return square * np.sqrt(np.abs(q))
    raise ValueError(f"no exponent {exponent}")


def chord(q: Map, exponent: float = 2) -> Map:
    """Relative path through a rounded body at relative distance q from its axis: 1 in the middle, 0 outside."""
    return np.sqrt(np.maximum(1 - power(q, exponent), 0))


def ellipsoid(u: Map, v: Map) -> Map:
    """Relative path through an ellipsoid at relative distances u and v from its middle."""
    return np.sqrt(np.maximum(1 - u * u - v * v, 0))


def sigmoid(a: Map) -> Map:
    """Soft step from 0 to 1 about zero."""
    return 1 / (1 + np.exp(-np.clip(a, -30, 30)))


def softplus(a: Map, width: float) -> Map:
    """Ramp max(a, 0) with a corner rounded over about `width`."""
    return (a + np.sqrt(a * a + width * width)) / 2
