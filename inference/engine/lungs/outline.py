"""The outline of a mask as a polygon of few points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

Points = NDArray[np.float64]
SMOOTH = 2.0
"""Pixels along the outline over which the steps of the pixels are smoothed."""


def outline(mask: NDArray[np.bool_], points: int) -> Points:
    """(points, 2) x, y along the outer edge of one part of a mask (H, W), clockwise, in pixels whose corner is 0, 0.

    Evenly spaced along the smoothed edge, so that sharp corners lose less than a pixel. Raises ValueError for an empty mask.
    """
    corners = edge_corners(mask)
    smooth = gaussian_filter1d(corners, SMOOTH, axis=0, mode="wrap")
    closed = np.vstack([smooth, smooth[:1]])
    steps = np.hypot(*np.diff(closed, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0, along[-1], points, endpoint=False)
    return np.column_stack([np.interp(at, along, closed[:, 0]), np.interp(at, along, closed[:, 1])])


def edge_corners(mask: NDArray[np.bool_]) -> Points:
    """(N, 2) x, y of the corners of pixels along the outer edge of the mask's first part, clockwise.

    Raises ValueError for an empty mask.
    """
    ways = _ways(mask)
    if not ways:
        raise ValueError("An empty mask has no outline.")
    start = min(ways, key=lambda corner: (corner[1], corner[0]))
    corner = start
    direction = (1, 0)
    corners = []
    while True:
        corners.append(corner)
        direction = _next(ways[corner], direction)
        corner = (corner[0] + direction[0], corner[1] + direction[1])
        if corner == start:
            return np.array(corners, float)


def _ways(mask: NDArray[np.bool_]) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Where each corner of an edge leads, as steps (x, y), with the mask to the right of the way."""
    padded = np.pad(mask, 1)
    ways: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for neighbour, corner, step in (
        ((-1, 0), (0, 0), (1, 0)),
        ((0, 1), (1, 0), (0, 1)),
        ((1, 0), (1, 1), (-1, 0)),
        ((0, -1), (0, 1), (0, -1)),
    ):
        beside = np.roll(padded, (-neighbour[0], -neighbour[1]), (0, 1))[1:-1, 1:-1]
        rows, columns = np.nonzero(mask & ~beside)
        starts = zip((columns + corner[0]).tolist(), (rows + corner[1]).tolist(), strict=True)
        for start in starts:
            ways.setdefault(start, []).append(step)
    return ways


def _next(ways: list[tuple[int, int]], direction: tuple[int, int]) -> tuple[int, int]:
    """Where two pixels meet at a corner, the way stays with its own pixel: it turns right."""
    right = (-direction[1], direction[0])
    if right in ways:
        return right
    return ways[0]
