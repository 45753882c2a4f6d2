"""The cardiothoracic ratio: the heart's width over the thorax's, as lines on a frontal film.

The heart at its widest over that of the inside of the ribs (Danzer, American Journal of the Medical Sciences 157, 1919). The
thorax is taken from the lungs' outer borders, which lie against the ribs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Line = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Widths:
    """Two level lines, each from left to right as (x, y) in the masks' pixels, and the ratio of their lengths."""

    heart: Line
    thorax: Line

    @property
    def ratio(self) -> float:
        return _length(self.heart) / _length(self.thorax)


def widths_of(lungs: NDArray[np.bool_], heart: NDArray[np.bool_]) -> Widths | None:
    """The widths on masks (H, W) of both lungs and of the heart; None where either is empty.

    The heart is measured below the middle of the lungs' height: above it lie the great vessels and the hila.
    """
    thorax = widest_row(lungs)
    extent = extremes(_below_the_middle(heart, lungs))
    if thorax is None or extent is None:
        return None
    return Widths(extent, thorax)


def widest_row(mask: NDArray[np.bool_]) -> Line | None:
    """From the first to the last pixel of the row that reaches farthest."""
    rows = np.flatnonzero(mask.any(1))
    if not len(rows):
        return None
    first = mask[rows].argmax(1)
    last = mask.shape[1] - mask[rows][:, ::-1].argmax(1)
    widest = int(np.argmax(last - first))
    y = float(rows[widest]) + 0.5
    return (float(first[widest]), y), (float(last[widest]), y)


def extremes(mask: NDArray[np.bool_]) -> Line | None:
    """Between the outermost columns of a mask, drawn at the middle of the rows where it reaches its last column.

    The heart's borders are not farthest at one height: right and left ends are measured each at their own.
    """
    columns = np.flatnonzero(mask.any(0))
    if not len(columns):
        return None
    y = float(np.flatnonzero(mask[:, columns[-1]]).mean()) + 0.5
    return (float(columns[0]), y), (float(columns[-1] + 1), y)


def _below_the_middle(mask: NDArray[np.bool_], lungs: NDArray[np.bool_]) -> NDArray[np.bool_]:
    rows = np.flatnonzero(lungs.any(1))
    lower = mask.copy()
    if len(rows):
        lower[: (rows[0] + rows[-1] + 1) // 2] = False
    return lower


def _length(line: Line) -> float:
    return line[1][0] - line[0][0]
