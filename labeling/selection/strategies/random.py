"""Every image equally likely."""

import numpy as np

from labeling.selection.lots import lots
from labeling.selection.picks import Picks
from labeling.selection.pool import Pool


def random(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """A simple random sample without replacement, each row's probability n / available recorded. O(N)."""
    drawn = lots(np.arange(len(pool)), rng) / 2.0**64
    picks = Picks.lowest(drawn, n, rng=rng, excluded=pool.closed)
    share = len(picks) / max(pool.available, 1)
    return Picks(picks.rows, picks.scores, probabilities=np.full(len(picks), share))
