"""How unsure the model is of an image: the margins of its outputs, and its outputs if parts of the embedding are left out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import FindingOutput, Pool

# Share of an embedding's values that a mask keeps. They are scaled up by 1 / KEPT, so that the head sees the same mean.
KEPT = 0.75


def margin_of(output: FindingOutput, block: NDArray[np.floating]) -> NDArray[np.float32]:
    """Margin (N,) in 0..1 of one finding, from its columns (N, k); 1 is sure (Scheffer, Decomain, Wrobel 2001). O(N·k).

    binary: |2p − 1|, the gap between present and absent. categorical: the gap between the two likeliest options.
    measurement: scale / (scale + spread), which is ½ where the spread equals the declared scale and never saturates.
    """
    if output.kind == "categorical":
        # A partial sort: the order of the less likely options does not matter.
        top = np.partition(block.astype(np.float32), -2, axis=1)
        return top[:, -1] - top[:, -2]
    value = block[:, 0].astype(np.float32)
    if output.kind == "binary":
        return np.abs(2 * value - 1)
    return np.float32(output.scale) / (np.float32(output.scale) + value)


def margins(pool: Pool) -> Iterator[NDArray[np.float32]]:
    """The margin (N,) in 0..1 of each finding in turn, one in memory at a time.

    Raises ValueError for a pool without outputs, before a head is trained.
    """
    if not pool.layout:
        raise ValueError("This pool holds no outputs: draw at random until a head is trained")
    for output, block in pool.blocks():
        yield margin_of(output, block)


def uncertainty(pool: Pool) -> NDArray[np.float32]:
    """How unsure the model is of each image (N,), in 0..1: 1 minus the mean margin of its findings. O(N·C).

    NaN for a row that must not be picked and has no outputs. Raises ValueError as `margins` does.
    """
    total = np.zeros(len(pool), np.float32)
    for margin in margins(pool):
        total += margin
    return 1 - total / np.float32(len(pool.layout))


def masks(pool: Pool, count: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Dropout masks (count, D), each value 0 or 1/KEPT. One mask serves all images (consistent dropout, Kirsch et al. 2019).

    Raises ValueError for a pool without outputs, embeddings or a head.
    """
    if not pool.layout:
        raise ValueError("This pool holds no outputs: draw at random until a head is trained")
    if pool.embeddings is None or pool.head is None:
        raise ValueError("This pool holds no head and embeddings to leave values out of: choose another strategy")
    return (rng.random((count, pool.embeddings.shape[1])) < KEPT).astype(np.float32) / np.float32(KEPT)


def answers(pool: Pool, factors: NDArray[np.float32]) -> Iterator[tuple[slice, NDArray[np.float32]]]:
    """The outputs (S, m, C) under each of S masks, for one block after the other of the rows that may be picked.

    factors (S, D): the masks. Each block comes with its place among those rows. Raises ValueError if the head returns NaN
    or another number of columns than the pool has. O(N·D·S) in total.
    """
    head = pool.head
    assert head is not None, "masks() was asked first"
    for place, points in pool.passes(pool.open):
        said = np.stack([head(points * factor) for factor in factors]).astype(np.float32, copy=False)
        if said.shape[1:] != (len(points), pool.outputs.shape[1]):
            raise ValueError(f"The head returns {said.shape[1:]}, the outputs are {pool.outputs.shape}: fit it again")
        if np.isnan(said).any():
            raise ValueError("The head returned NaN: fit it again")
        yield place, said
