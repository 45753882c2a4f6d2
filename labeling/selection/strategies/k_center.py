"""Images as far as possible from all that were read."""

import numpy as np
from numpy.typing import NDArray

from labeling.selection.geometry import Float, chunks, distances
from labeling.selection.pool import Picks, Pool

# Rows whose distance is computed again at once: those that may be the farthest, in one matrix product.
LOOKED_AT = 1_024


def k_center(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """Farthest first: the row with the largest distance to the nearest labelled or chosen one.

    Gonzalez 1985; as a core-set: Sener and Savarese, ICLR 2018. If nothing is labelled, the first row is drawn at random.
    An earlier distance is an upper bound, so most need not be computed again. Outliers come first, so it does poorly if
    positives are rare. Scores are negative distances. Raises ValueError for a pool without embeddings.
    O(N·D·(L + picks)) at worst.
    """
    rows = pool.open
    n = min(n, len(rows))
    if n <= 0:
        return Picks.lowest(np.zeros(len(rows)), n, rng=rng)
    first: list[int] = []
    others = np.sort(pool.known)  # ascending, so that neighbours in the memory map are read together
    if not len(others):
        first = [int(rng.integers(len(rows)))]
        others = rows[first]
    far = _distances(pool, rows, others)
    farthest = _Farthest(pool, rows, far, list(first))
    scores = np.array([-farthest.next(rng) for _ in range(n - len(first))])
    nearest = np.full(len(first), scores.min(initial=0.0))  # the first one, drawn at random, has no distance
    return Picks(rows=rows[farthest.chosen], scores=np.concatenate([nearest, scores]))


class _Farthest:
    """The squared distance of every row to the nearest labelled or chosen one, or an upper bound of it."""

    def __init__(self, pool: Pool, rows: NDArray[np.int64], far: Float, chosen: list[int]) -> None:
        self.pool = pool
        self.rows = rows
        self.far = far
        self.chosen = chosen
        self.far[chosen] = -1  # below any squared distance, so that none is chosen twice
        self.seen = np.full(len(rows), len(chosen))  # how many of the chosen each distance takes into account

    def next(self, rng: np.random.Generator) -> float:
        """Choose the farthest row. Returns its distance."""
        while True:
            top = np.flatnonzero(self.far == self.far.max())
            if (self.seen[top] == len(self.chosen)).all():
                best = int(rng.choice(top))  # ties are broken at random
                distance = float(np.sqrt(self.far[best]))
                self.far[best] = -1
                self.chosen.append(best)
                return distance
            self._look_again()

    def _look_again(self) -> None:
        """Compute again the largest of the distances that may have shrunk since."""
        left = np.flatnonzero((self.seen < len(self.chosen)) & (self.far >= 0))
        stale = left[np.argpartition(-self.far[left], min(LOOKED_AT, len(left)) - 1)[:LOOKED_AT]]
        for since in np.unique(self.seen[stale]):
            again = stale[self.seen[stale] == since]
            new = self.pool.embedded(self.rows[self.chosen[since:]])
            apart = distances(self.pool.embedded(self.rows[again]), new)
            self.far[again] = np.minimum(self.far[again], apart.min(axis=1))
        self.seen[stale] = len(self.chosen)


def _distances(pool: Pool, rows: NDArray[np.int64], others: NDArray[np.int64]) -> Float:
    """Squared distance (k,) of each row to the nearest of the others (m,). O(k·m·D)."""
    far = np.full(len(rows), np.inf, np.float32)
    for _, known in pool.passes(others):
        for place, points in pool.passes(rows):
            for part in chunks(len(known), 512):
                np.minimum(far[place], distances(points, known[part]).min(axis=1), out=far[place])
    return far
