"""The nearest of many embeddings, by exact search: one matrix product over all of them, no index."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Units = NDArray[np.float32]
BLOCK = 4096  # rows copied at a time: 8 MB of 512 dimensions


def units(embeddings: NDArray[np.floating[Any]]) -> Units:
    """Embeddings (N, D) → float32 (N, D), each of length one, so that inner products are cosines. Zeros stay zeros."""
    rows = embeddings.astype(np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0), np.float32)


def cosines(among: Units, query: Units, rows: NDArray[np.intp] | None = None) -> NDArray[np.float32]:
    """The cosine, −1 to 1, of a unit (D,) and each of the units (N, D), or of these rows (n,) of them alone.

    O(N·D), or O(n·D). A memory map is read where it lies: without rows nothing of it is copied.
    """
    if rows is None:
        return among @ query
    found = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), BLOCK):
        place = slice(start, start + BLOCK)
        found[place] = among[rows[place]] @ query
    return found


def highest(values: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """The places of the `count` (1 or more) highest values of (N,), the highest first; ties by place. O(N + count·log count)."""
    if count < len(values):
        least = np.partition(values, len(values) - count)[len(values) - count]
        above = np.flatnonzero(values > least)
        tied = np.flatnonzero(values == least)[: count - len(above)]
        among = np.concatenate([above, tied])
    else:
        among = np.arange(len(values))
    return among[np.lexsort((among, -values[among]))]
