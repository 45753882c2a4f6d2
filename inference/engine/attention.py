"""Does an attention map mean anything? Deletion and insertion, and the pointing game, each beside what chance does.

Deletion and insertion (Petsiuk, Das and Saenko, BMVC 2018): the pixels that a map holds for important are taken out of the image,
or put into a blurred one, most important first; a map that means something makes the score fall fast, or rise fast. The
pointing game (Zhang et al., ECCV 2016): a map's highest point lies on the object. NumPy, SciPy and Pillow only.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

Float = NDArray[np.float32]
Score = Callable[[Float], NDArray[np.float64]]
STEPS = 8  # shares of the image that are exchanged, besides none
BLUR = 1 / 32  # standard deviation as a share of the side: 7 pixels of 224, as in the authors' code


@dataclass(frozen=True)
class Box:
    """A rectangle on the prepared square; its edges are fractions 0..1 of the side."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def enlarged(heat: NDArray[np.floating], size: int) -> Float:
    """A map (h, w) → float32 (S, S), bilinear, as a viewer draws it."""
    image = Image.fromarray(np.ascontiguousarray(heat, np.float32))
    return np.asarray(image.resize((size, size), Image.Resampling.BILINEAR), np.float32)


def deletion(score: Score, image: Float, heat: NDArray[np.floating]) -> float:
    """Mean score while the pixels of a normalised image (C, S, S) become its mean grey, by falling heat (h, w). Low is good.

    `score` maps images (n, C, S, S) to (n,).
    """
    return _exchanged(score, image, np.zeros_like(image), heat)


def insertion(score: Score, image: Float, heat: NDArray[np.floating]) -> float:
    """Mean score while the pixels of the image replace those of its blurred self, by falling heat. High is good."""
    blurred = gaussian_filter(image, (0, BLUR * image.shape[-1], BLUR * image.shape[-1]))
    return _exchanged(score, np.asarray(blurred, np.float32), image, heat)


def points_at(heat: NDArray[np.floating], boxes: Iterable[Box]) -> bool:
    """Whether the middle of a map's (h, w) highest place lies in a box; without the authors' margin of 15 pixels."""
    # Not of the enlarged map: along an edge it is level, and its first highest point would be the corner.
    row, column = np.unravel_index(int(heat.argmax()), heat.shape)
    x, y = (float(column) + 0.5) / heat.shape[1], (float(row) + 0.5) / heat.shape[0]
    return any(box.holds(x, y) for box in boxes)


def share_of(boxes: Iterable[Box], *, grid: int = 256) -> float:
    """The share of the square that the boxes cover: how often a random point lies in one."""
    places = (np.arange(grid) + 0.5) / grid
    covered = np.zeros((grid, grid), bool)
    for box in boxes:
        rows = (places >= box.top) & (places <= box.bottom)
        columns = (places >= box.left) & (places <= box.right)
        covered |= rows[:, None] & columns
    return float(covered.mean())


def _exchanged(score: Score, start: Float, end: Float, heat: NDArray[np.floating]) -> float:
    """The area under the scores of `start` becoming `end`, by the trapezoid rule, as a mean over the share exchanged."""
    size = start.shape[-1]
    order = np.argsort(-enlarged(heat, size), axis=None, kind="stable")
    rank = np.empty(size * size, np.int64)
    rank[order] = np.arange(size * size)
    shares = np.linspace(0, size * size, STEPS + 1)
    gone = (rank[None] < shares[:, None]).reshape(STEPS + 1, 1, size, size)
    scores = score(np.where(gone, end, start).astype(np.float32))
    return float(np.trapezoid(scores) / STEPS)
