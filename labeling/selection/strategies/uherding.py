"""Images that stand for as many others as possible of which the model is unsure. The default strategy."""

import numpy as np

from labeling.selection.herding import herd
from labeling.selection.pool import Picks, Pool
from labeling.selection.uncertainty import uncertainty


def uherding(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """Greedy coverage weighted by the model's uncertainty (Bae et al. 2025, see `herding.herd`); MaxHerding without a model.

    O(N·C + n·4,000·D).
    """
    weights = None
    if pool.layout:
        weights = uncertainty(pool)
    return herd(pool, n, weights, rng=rng)
