"""How sure the model is of one finding on every image: 0 when wholly undecided, 1 when certain."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import Output, Pool


def margin_of(output: Output, block: NDArray[np.floating]) -> NDArray[np.float32]:
    """Margin (N,) in 0..1 from one finding's columns (N, k). O(N·k).

    binary: |2p − 1|, the gap between present and absent. categorical: the gap between the two likeliest options.
    measurement: scale / (scale + spread), which is ½ where the spread equals the declared scale and never saturates.
    """
    if output.kind == "categorical":
        top = np.partition(block.astype(np.float32), -2, axis=1)
        return top[:, -1] - top[:, -2]
    value = block[:, 0].astype(np.float32)
    if output.kind == "binary":
        return np.abs(2 * value - 1)
    return np.float32(output.scale) / (np.float32(output.scale) + value)


def margins(pool: Pool) -> Iterator[NDArray[np.float32]]:
    """The margin (N,) of each finding in turn, one in memory at a time.

    Raises ValueError for a pool with no output: with no head trained yet there is nothing to be sure of.
    """
    if not pool.layout:
        raise ValueError("This pool holds no outputs: draw at random until a head is trained")
    for output, block in pool.blocks():
        yield margin_of(output, block)


def doubt(pool: Pool) -> NDArray[np.float32]:
    """How unsure the model is of each image (N,), 0..1: one minus the mean of its findings' margins. O(N·C).

    NaN in a row that must not be picked and has no outputs. Raises ValueError as `margins` does.
    """
    total = np.zeros(len(pool), np.float32)
    for margin in margins(pool):
        total += margin
    return 1 - total / np.float32(len(pool.layout))
