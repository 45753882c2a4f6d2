"""Shares of a batch as whole numbers of images."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def whole(n: int, parts: ArrayLike, rng: np.random.Generator) -> NDArray[np.int64]:
    """Whole numbers with mean n·part for parts (F,) that sum to 1 at most, together n·sum up to a lot's rounding.

    Systematic rounding by one draw: small batches keep every part in the long run.
    """
    ends = np.floor(np.cumsum(np.asarray(parts, dtype=float)).round(9) * n + rng.random())
    return np.diff(ends, prepend=0.0).astype(np.int64)
