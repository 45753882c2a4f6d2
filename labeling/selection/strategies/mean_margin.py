"""Images that the model is least sure of over all findings."""

from functools import reduce

import numpy as np

from labeling.selection.pool import Picks, Pool
from labeling.selection.uncertainty import margins


def mean_margin(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """Smallest mean of the findings' margins first. O(N·C).

    Scores are mean margins, 0..1. Raises ValueError for a pool without outputs.
    """
    mean = reduce(np.add, margins(pool)) / np.float32(len(pool.layout))
    return Picks.lowest(mean, n, rng=rng, excluded=pool.closed)
