"""Images that stand for as many others as possible, whatever the model says of them."""

import numpy as np

from labeling.selection.herding import herd
from labeling.selection.pool import Picks, Pool


def maxherding(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """Greedy coverage of the pool under a Gaussian kernel (Bae et al. 2024, see `herding.herd`). O(N + n·4,000·D)."""
    return herd(pool, n, None, rng=rng)
