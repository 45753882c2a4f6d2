"""A few thousand images out of a million for strategies that compare images with one another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.selection.certainty import doubt
from labeling.selection.lots import lots
from labeling.selection.picks import Picks
from labeling.selection.pool import Pool


def sample(rows: NDArray[np.int64], limit: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """At most `limit` of the rows (k,), all equally likely, ascending. O(k)."""
    drawn = lots(rows, rng)
    return rows if len(rows) <= limit else np.sort(rows[np.argpartition(drawn, limit)[:limit]])


def candidates(pool: Pool, limit: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """At most `limit` rows that may be picked, ascending: half those that the model is least sure of, half at random.

    All at random where the model says nothing yet. O(N·C).
    """
    rows = pool.open
    if len(rows) <= limit or not pool.layout:
        return sample(rows, limit, rng)
    unsure = Picks.lowest(-doubt(pool), limit // 2, rng=rng, excluded=pool.closed).rows
    others = np.setdiff1d(rows, unsure, assume_unique=True)
    return np.sort(np.concatenate([unsure, sample(others, limit - len(unsure), rng)]))
