"""What the model would say if parts of an embedding were left out: several answers where it is sure of none."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labeling.selection.distances import Float
from labeling.selection.pool import Pool

KEPT = 0.75
"""Share of an embedding's values that a mask keeps; the rest is scaled up, as in training with dropout."""


def masks(pool: Pool, count: int, rng: np.random.Generator) -> Float:
    """(count, D) factors, 0 or 1/KEPT. One mask serves all images (consistent dropout, Kirsch et al. 2019).

    Raises ValueError for a pool without outputs, embeddings or a head.
    """
    if not pool.layout:
        raise ValueError("This pool holds no outputs: draw at random until a head is trained")
    if pool.embeddings is None or pool.head is None:
        raise ValueError("This pool holds no head and embeddings to leave values out of: choose another strategy")
    return (rng.random((count, pool.embeddings.shape[1])) < KEPT).astype(np.float32) / np.float32(KEPT)


def answers(pool: Pool, factors: Float) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """The outputs (S, m, C) under each of S masks, a block of the rows that may be picked at a time with its place.

    Raises ValueError where the head answers NaN, or no column for each of the pool's. O(N·D·S) in all.
    """
    head = pool.head
    assert head is not None, "masks() was asked first"
    for place, points in pool.passes(pool.open):
        said = np.stack([head(points * factor) for factor in factors]).astype(np.float32, copy=False)
        if said.shape[1:] != (len(points), pool.outputs.shape[1]):
            raise ValueError(f"The head answers {said.shape[1:]}, the outputs are {pool.outputs.shape}: fit it anew")
        if np.isnan(said).any():
            raise ValueError("The head answered NaN: fit it anew")
        yield place, said
