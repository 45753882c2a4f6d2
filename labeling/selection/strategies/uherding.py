"""Images that stand for as many others that the model is unsure of as they can. The default."""

import numpy as np

from labeling.selection.herding import herd
from labeling.selection.pool import Picks, Pool
from labeling.selection.uncertainty import uncertainty


def uherding(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """Greedy coverage weighted by the model's doubt (Bae et al. 2025, see `herding.herd`); without a model MaxHerding.

    O(N·C + n·4,000·D).
    """
    weights = None
    if pool.layout:
        weights = uncertainty(pool)
    return herd(pool, n, weights, rng=rng)
