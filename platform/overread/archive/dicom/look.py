"""Four numbers on how an image looks: enough to tell a photograph, a drawing or noise from a radiograph."""

from dataclasses import dataclass
from typing import Any

import numpy as np

Picture = np.ndarray[Any, np.dtype[Any]]

BESIDE_DARKEST = 2  # levels of 255: collimation and air are flat in good radiographs


@dataclass(frozen=True)
class Look:
    """Four numbers of an image as it is displayed, at the size of a thumbnail.

    `colour`: mean difference between the largest and the smallest of red, green and blue, 0 to 255. `contrast`: standard
    deviation of the grey levels, 0 to 127.5. `detail`: root mean square difference of neighbours by that deviation, 0 for
    a smooth image, some 1.4 for noise. `flat`: share of pixels, besides the darkest, that equal both neighbours exactly.
    """

    colour: float
    contrast: float
    detail: float
    flat: float


def look(picture: Picture) -> Look:
    """The Look of a picture, [rows, columns] or [rows, columns, 3], 0 to 255."""
    levels = picture.astype(np.float64)
    colour = 0.0
    if levels.ndim == 3:
        colour = float((levels.max(axis=2) - levels.min(axis=2)).mean())
        levels = levels.mean(axis=2)
    contrast = float(levels.std())
    across = np.diff(levels, axis=1)
    down = np.diff(levels, axis=0)
    step = np.sqrt((_mean(across**2) + _mean(down**2)) / 2)
    detail = 0.0
    if contrast:
        detail = float(step / contrast)
    return Look(colour, contrast, detail, _flat(np.rint(levels)))


def _flat(levels: Picture) -> float:
    here = levels[:-1, :-1]
    same = (here == levels[1:, :-1]) & (here == levels[:-1, 1:])
    light = here > levels.min() + BESIDE_DARKEST
    if light.any():
        return float((same & light).sum() / light.sum())
    return 0.0


def _mean(values: Picture) -> float:
    if values.size:
        return float(values.mean())
    return 0.0
