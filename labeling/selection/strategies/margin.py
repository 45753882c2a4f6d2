"""Images with one finding that the model is least sure of."""

from functools import reduce

import numpy as np

from labeling.selection.pool import Picks, Pool
from labeling.selection.uncertainty import margins


def margin(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """Smallest gap between the two likeliest answers to any one finding first (Scheffer, Decomain, Wrobel 2001). O(N·C).

    Scores are margins, 0..1. Raises ValueError for a pool without outputs.
    """
    return Picks.lowest(reduce(np.minimum, margins(pool)), n, rng=rng, excluded=pool.closed)
