"""Every image equally likely."""

import numpy as np

from labeling.selection.pool import Picks, Pool, row_keys


def random(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """A simple random sample without replacement, with each row's probability n / available. Scores are random. O(N)."""
    keys = row_keys(np.arange(len(pool)), rng) / 2.0**64
    picks = Picks.lowest(keys, n, rng=rng, excluded=pool.closed)
    share = len(picks) / max(pool.available, 1)
    return Picks(picks.rows, picks.scores, probabilities=np.full(len(picks), share))
