"""Images of different kinds whose answer changes if part of the embedding is left out."""

import numpy as np
from numpy.typing import NDArray

from labeling.selection.clusters import clusters, nearest_to
from labeling.selection.geometry import Float
from labeling.selection.pool import FindingOutput, Picks, Pool, parts, sample
from labeling.selection.uncertainty import answers, masks

SAMPLES = 3
CANDIDATES = 10_000


def dropquery(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
    """Of the images where most of three dropout masks change an answer, those nearest to the centroids of n clusters.

    Gupte et al., "Revisiting Active Learning in the Era of Vision Foundation Models", TMLR 2024. If fewer than n change,
    those whose outputs move most. A mask keeps three quarters of the values; the authors' code keeps a quarter, but their
    head is trained with dropout and ours is not. Needs outputs, embeddings and `pool.head`, else ValueError. Scores are the
    negative share of masks that change an answer. O(N·D·samples + candidates·n·D).
    """
    rows = pool.open
    n = min(n, len(rows))
    changed = np.empty(len(rows), np.float32)
    moved = np.empty(len(rows), np.float32)
    # A first mask of ones leaves nothing out: what the masks change is measured against it.
    factors = np.insert(masks(pool, SAMPLES, rng), 0, 1, axis=0)
    for place, (before, *left_out) in answers(pool, factors):
        said = np.stack(left_out)
        changed[place] = _changed(pool.layout, before, said).mean(axis=0)
        moved[place] = np.abs(said - before).mean(axis=(0, 2))
    torn = np.flatnonzero(changed > 0.5)
    if n <= 0 or len(torn) <= n:
        # Both parts lie in 0..1, so that a large movement counts also where no answer changes.
        order = Picks.lowest(-(changed + moved / (1 + moved)), n, rng=rng).rows
        return Picks(rows=rows[order], scores=-changed[order].astype(np.float64))
    torn = np.searchsorted(rows, sample(rows[torn], max(CANDIDATES, n), rng))
    points = pool.embedded(rows[torn])
    chosen = torn[_spread(points, n, rng)]
    return Picks(rows=rows[chosen], scores=-changed[chosen].astype(np.float64))


def _changed(
    layout: tuple[FindingOutput, ...], before: NDArray[np.float32], said: NDArray[np.float32]
) -> NDArray[np.bool_]:
    """Whether the answer to any finding changes (S, m): across one half, to another option, or by half its scale."""
    changed = np.zeros(said.shape[:2], dtype=bool)
    for (output, was), (_, now) in zip(parts(layout, before), parts(layout, said), strict=True):
        if output.kind == "categorical":
            changed |= now.argmax(axis=-1) != was.argmax(axis=-1)
        elif output.kind == "binary":
            changed |= (now[..., 0] > 0.5) != (was[..., 0] > 0.5)
        else:
            changed |= np.abs(now[..., 0] - was[..., 0]) > output.scale / 2
    return changed


def _spread(points: Float, n: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Places (n,) of the points nearest to the centroids of n clusters; the rest at random if there are fewer clusters."""
    _, centroids = clusters(points, n, rng)
    order = rng.permutation(len(points))  # ties are broken at random
    chosen = order[nearest_to(centroids, points[order])]
    others = np.setdiff1d(np.arange(len(points)), chosen)
    return np.concatenate([chosen, rng.choice(others, n - len(chosen), replace=False)])
