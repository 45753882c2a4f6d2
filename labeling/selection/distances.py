"""Squared Euclidean distances by matrix products."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


def squares(points: Float) -> Float:
    """Squared length of each row (n, D). O(n·D)."""
    lengths: Float = np.einsum("nd,nd->n", points, points)
    return lengths


def distances(points: Float, others: Float) -> Float:
    """(n, m) squared distances of (n, D) points to (m, D) others, never below 0. O(n·m·D)."""
    products: Float = points @ others.T
    products *= -2
    products += squares(points)[:, None]
    products += squares(others)
    np.maximum(products, 0, out=products)
    return products


def chunks(count: int, size: int) -> Iterator[slice]:
    """The places 0..count in parts of at most `size`."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))
