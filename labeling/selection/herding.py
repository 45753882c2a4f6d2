"""Choosing images that stand for all others: greedy coverage under a Gaussian kernel.

Method: Bae, Oliveira, Sutherland, "Uncertainty Herding: One Active Learning Method for All Label Budgets", ICLR 2025,
arXiv 2412.20644. With the same weight on every image it is MaxHerding (Bae et al., "Generalized Coverage for More Robust
Low-Budget Active Learning", ECCV 2024).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labeling.selection.geometry import FEW, Float, Kernel, PartialWhitening, chunks
from labeling.selection.pool import Picks, Pool, sample
from labeling.selection.uncertainty import uncertainty

# Images, drawn at random, that are to be covered. Similarities to all candidates are held in memory, 160 MB of float32.
REFERENCE = 4_000
# Images that may be chosen.
CANDIDATES = 10_000
# Candidates whose gain is computed again at once: one matrix product of this height costs little more than one row.
LOOKED_AT = 64


def herd(pool: Pool, n: int, weights: NDArray[np.float32] | None, *, rng: np.random.Generator) -> Picks:
    """n images, each the image i with the largest gain Σ_r w_r·max(0, K(i, r) − covered_r) over the images r to be covered.

    weights (N,): at least 0, how much it counts that an image is covered; None if all count the same. K is the kernel of
    `geometry`. Scores are negative gains. The lazy greedy algorithm picks the same images as computing every gain again
    (Minoux 1978). Raises ValueError for a pool without embeddings. O((candidates + L)·references·D + n·looked at·references +
    D³) with candidates ≤ 10,000 or n, and references ≤ 4,000: only `weights` and the draw of candidates grow with N.
    """
    rows = candidates(pool, max(CANDIDATES, n), rng)
    n = min(n, len(rows))
    if n <= 0:
        return Picks.lowest(np.zeros(len(rows)), n, rng=rng)
    reference = sample(pool.open, REFERENCE, rng)
    known = pool.embedded(sample(pool.known, FEW, rng))
    wanted = pool.embedded(reference)
    whitened = PartialWhitening.on(wanted)
    kernel = Kernel.on(whitened(wanted), whitened(known))
    share = np.ones(len(reference), np.float32) if weights is None else weights[reference]
    similar = np.empty((len(rows), len(reference)), np.float32)
    for place in chunks(len(rows), 1024):
        similar[place] = kernel(whitened(pool.embedded(rows[place])))
    chosen, gains = _greedy(similar, share, _covered(pool, whitened, kernel), n, rng)
    return Picks(rows=rows[chosen], scores=-gains)


def candidates(pool: Pool, limit: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """At most `limit` of the rows that may be picked, ascending: half those the model is least sure of, half at random.

    All at random while the pool has no outputs. O(N·C).
    """
    rows = pool.open
    if len(rows) <= limit or not pool.layout:
        return sample(rows, limit, rng)
    unsure = Picks.lowest(-uncertainty(pool), limit // 2, rng=rng, excluded=pool.closed).rows
    others = np.setdiff1d(rows, unsure, assume_unique=True)
    return np.sort(np.concatenate([unsure, sample(others, limit - len(unsure), rng)]))


def _covered(pool: Pool, whitened: PartialWhitening, kernel: Kernel) -> Float:
    """How far labelled images cover each image (m,), 0..1. O(L·m·D)."""
    covered = np.zeros(len(kernel.points), np.float32)
    for _place, points in pool.passes(np.sort(pool.known)):
        for part in chunks(len(points), 1024):
            np.maximum(covered, kernel(whitened(points[part])).max(axis=0), out=covered)
    return covered


def _greedy(
    similar: Float, share: Float, covered: Float, n: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Places (n,) in `similar` (k, m) and the gain of each when it was chosen; `covered` grows with them."""
    order = rng.permutation(len(similar))  # ties are broken at random
    gains = np.empty(len(similar))
    for place in chunks(len(order), 1024):
        gains[order[place]] = np.maximum(similar[order[place]] - covered, 0) @ share
    chosen = np.empty(n, np.intp)
    won = np.empty(n)
    for step in range(n):
        best, gain = _best(similar, share, covered, gains, order)
        chosen[step] = best
        won[step] = gain
        gains[best] = -np.inf
        np.maximum(covered, similar[best], out=covered)
    return chosen, won


def _best(
    similar: Float, share: Float, covered: Float, gains: NDArray[np.float64], order: NDArray[np.intp]
) -> tuple[int, float]:
    """The candidate of most gain, and the gain. Gains only shrink as more is covered, so an earlier one is an upper bound:
    only the candidates with the largest bounds are computed again.
    """
    stale = np.isfinite(gains)
    while True:
        top = order[np.argmax(gains[order])]
        if not stale[top]:
            return int(top), float(gains[top])
        left = np.flatnonzero(stale)
        again = left[np.argpartition(-gains[left], min(LOOKED_AT, len(left)) - 1)[:LOOKED_AT]]
        gains[again] = np.maximum(similar[again] - covered, 0) @ share
        stale[again] = False
