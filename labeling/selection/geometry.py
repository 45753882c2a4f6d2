"""How similar two images are: a Gaussian kernel on partly whitened embeddings, wider where images are sparse.

The embeddings of a trained network vary most along the few directions it was trained on, and these alone would decide what
is near. Whitening makes all directions equal (Jégou and Chum, "Negative evidences and co-occurences in image retrieval: the
benefit of PCA and whitening", ECCV 2012). Half of it, PCA whitening to the power of one half, leaves the trained directions
somewhat ahead. Widths by the distance to a near neighbour: Zelnik-Manor and Perona, "Self-tuning spectral clustering", NIPS
2004.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]

# The neighbour whose distance tells how sparse a place is; number 0 is the image itself.
NEIGHBOUR = 10
# Of the largest variance. A direction that varies less counts as this much, or whitening would blow up its noise.
SMALLEST = 1e-6
# Of the mean squared length. Images nearer than this are copies: float32 cannot tell such distances from rounding.
SAME = 1e-5
# Of the typical squared distance. Copies of one image are apart by rounding alone, and a kernel as narrow as that would
# tell an image from itself, so a place with copies counts as no denser than this.
NARROWEST = 1e-4
# Images whose nearest neighbours tell how far images are apart: enough for a steady median.
FEW = 512
# Rows compared at once, so that the matrix of their distances takes megabytes and not gigabytes.
BLOCK = 1024


def squares(points: Float) -> Float:
    """The squared length (n,) of each of the points (n, D). O(n·D)."""
    lengths: Float = np.einsum("nd,nd->n", points, points)
    return lengths


def distances(points: Float, others: Float) -> Float:
    """Squared distances (n, m) of points (n, D) to others (m, D), never below 0. O(n·m·D)."""
    # |a − b|² = |a|² − 2ab + |b|², in place: one matrix product and no (n, m, D) array.
    products: Float = points @ others.T
    products *= -2
    products += squares(points)[:, None]
    products += squares(others)
    np.maximum(products, 0, out=products)  # rounding may leave equal points a little below 0
    return products


def chunks(count: int, size: int) -> Iterator[slice]:
    """The places from 0 up to count, as slices of at most `size`."""
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))


@dataclass(frozen=True)
class PartialWhitening:
    """Subtracts `centre` (D,) from embeddings and multiplies them by `scaling` (D, D)."""

    centre: NDArray[np.float32]
    scaling: NDArray[np.float32]

    @classmethod
    def on(cls, points: Float) -> PartialWhitening:
        """Fitted to the variances of these points (m, D), m ≥ 1. O(m·D² + D³)."""
        # In float64: sums of many squares lose the small variances in float32.
        centre = np.asarray(points.mean(axis=0, dtype=np.float64))
        apart = points - centre
        variances, directions = np.linalg.eigh(apart.T @ apart / len(points))
        # Whole whitening is the power −1/2; −1/4 is half of it. Without any variance the directions stay as they are.
        scaling = directions * np.maximum(variances, variances[-1] * SMALLEST or 1.0) ** -0.25
        return cls(centre.astype(np.float32), scaling.astype(np.float32))

    def __call__(self, points: Float) -> Float:
        """The points (n, D), whitened (n, D). O(n·D²)."""
        return np.asarray((points - self.centre) @ self.scaling, np.float32)


@dataclass(frozen=True)
class Kernel:
    """Similarities in 0..1 to the images to be covered: `points` (m, D), each with its width (m,), a squared distance.

    The width of a pair is the geometric mean of its two widths. Where images are sparse a width is greater than `width`: it
    grows with the distance to the tenth nearest of `points`, relative to the typical one, to the power `trust` in 0..1.
    `typical` is the square of that typical distance.
    """

    points: Float
    widths: NDArray[np.float32]
    width: float
    typical: float
    trust: float

    @classmethod
    def on(cls, points: Float, known: Float) -> Kernel:
        """A kernel to cover points (m, D), where known (k, D) are labelled; with fewer than two of these, by the points alone.

        It is as wide as the median distance between neighbouring labelled images, so that it reaches from one to the next.
        Sparseness counts more the closer labelled images lie to each other. While they are far apart, an image that stands
        for most others is wanted. O(m²·D).
        """
        among = known if len(known) > 1 else points[:FEW]
        apart = np.sqrt(_nearest(among))
        width = float(np.median(apart))
        sparse = _sparseness(points, points)
        typical = max(float(np.median(sparse)), SMALLEST * width**2)
        trust = min(1.0, (typical / width**2) ** 4)
        return cls(points, _widths(sparse, width, typical, trust), width, typical, trust)

    def __call__(self, others: Float) -> Float:
        """Similarities (n, m) in 0..1 of others (n, D) to the points. O(n·m·D)."""
        similar = np.empty((len(others), len(self.points)), np.float32)
        for place in chunks(len(others), BLOCK):
            found = distances(others[place], self.points)
            own = _widths(_tenth(found), self.width, self.typical, self.trust)
            found /= (-2 * own)[:, None]
            found /= self.widths
            similar[place] = np.exp(found, out=found)
        return similar


def _nearest(points: Float) -> Float:
    """The squared distance (n,) of each point to the nearest that is no copy of it; 1 if there is none."""
    found = distances(points, points)
    found[found <= SAME * squares(points).mean()] = np.inf
    np.fill_diagonal(found, np.inf)
    nearest = found.min(axis=1)
    return np.where(np.isfinite(nearest), nearest, np.float32(1))


def _sparseness(points: Float, others: Float) -> Float:
    return np.concatenate([_tenth(distances(points[place], others)) for place in chunks(len(points), BLOCK)])


def _tenth(found: Float) -> Float:
    """From squared distances (n, m) the tenth smallest (n,) beside each point's own, or the largest if there are fewer."""
    last = min(NEIGHBOUR, found.shape[1] - 1)  # counted from 0, where one's own distance stands
    return np.asarray(np.partition(found, last, axis=1)[:, last], np.float32)


def _widths(sparse: Float, width: float, typical: float, trust: float) -> NDArray[np.float32]:
    return np.asarray(width * np.maximum(sparse / typical, NARROWEST) ** (trust / 2), np.float32)
