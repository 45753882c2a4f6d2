"""Masks of lungs: their two largest parts, without holes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull, QhullError

Mask = NDArray[np.bool_]


def largest(mask: Mask, count: int) -> list[Mask]:
    """The largest parts of a mask (H, W), by edges connected, the largest first; fewer where there are fewer."""
    labels, _ = ndimage.label(mask)
    areas = np.bincount(labels.ravel())
    areas[0] = 0
    order = np.argsort(-areas, kind="stable")[:count]
    return [labels == label for label in order if areas[label]]


def filled(mask: Mask) -> Mask:
    """The mask with its holes: what of the rest does not reach the border. A tenth of binary_fill_holes' time."""
    labels, count = ndimage.label(np.pad(~mask, 1, constant_values=True))
    if count == 1:
        return mask
    outside = labels == labels[0, 0]
    return np.asarray(~outside[1:-1, 1:-1])


def halves(mask: Mask) -> list[Mask]:
    """One part (H, W) that spans both lungs, cut at its thinnest column in the middle half of its width."""
    columns = mask.sum(0)
    inside = np.flatnonzero(columns)
    quarter = (inside[-1] - inside[0] + 1) // 4
    first = inside[0] + quarter
    cut = first + int(np.argmin(columns[first : inside[-1] + 1 - quarter]))
    left = mask.copy()
    left[:, cut:] = False
    right = mask.copy()
    right[:, : cut + 1] = False
    return [part for half in (left, right) for part in largest(half, 1)]


def solidity(mask: Mask) -> float:
    """The share of a mask's (H, W) convex hull that is the mask, 0 to 1; 0 for an empty one. A lung that leaks has little."""
    rows = np.flatnonzero(mask.any(1))
    first = mask[rows].argmax(1)
    last = mask.shape[1] - mask[rows][:, ::-1].argmax(1)
    # The corners of every row's first and last pixel: what lies between them cannot change the hull.
    corners = [np.column_stack([x, rows + more]) for x in (first, last) for more in (0, 1)]
    try:
        return float(mask.sum() / ConvexHull(np.concatenate(corners)).volume)
    except (QhullError, ValueError):
        return 0.0
