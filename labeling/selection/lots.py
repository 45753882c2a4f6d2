"""Random keys that settle ties and draw samples: each row has its own, whatever other rows may be picked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Lots = NDArray[np.uint64]


def lots(rows: NDArray[np.integer], rng: np.random.Generator) -> Lots:
    """A lot (n,) for each of the rows (n,), all different, by one draw of the generator as the key. O(n).

    A keyed hash of the row's number, so that excluding a row changes no other's. SplitMix64 (Steele, Lea, Flood, "Fast
    Splittable Pseudorandom Number Generators", OOPSLA 2014) is one-to-one.
    """
    key = rng.integers(2**64, dtype=np.uint64)
    mixed = rows.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + key
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)), np.uint64)
