"""Drawn films, alike as those of a project are: two dark lungs on a bright body, each time a little elsewhere."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from inference.engine.stages.results import StageImage

SIDE = 96


def film(rng: Generator) -> NDArray[np.float32]:
    down, right = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    body = 0.75 - 0.3 * np.abs(right - 0.5)
    for middle in (0.3, 0.7):
        x = (right - middle - rng.uniform(-0.03, 0.03)) / 0.14
        y = (down - 0.5 - rng.uniform(-0.03, 0.03)) / 0.3
        body -= 0.4 / (1 + np.exp(12 * (np.hypot(x, y) - 1)))
    ribs = 0.05 * np.sin(40 * down + rng.uniform(0, 6))
    return np.asarray(np.clip(body + ribs + rng.normal(0, 0.02, body.shape), 0, 1), np.float32)


def films(count: int, seed: int = 0) -> list[StageImage]:
    rng = np.random.default_rng(seed)
    return [StageImage(film(rng)) for _ in range(count)]
