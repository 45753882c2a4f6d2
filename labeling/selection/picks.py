"""What a strategy hands back: rows of the pool, best first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labeling.selection.lots import Lots, lots


@dataclass(frozen=True)
class Picks:
    """Rows (n,) of a pool in the order they should be read, with the value each was picked by (lowest first).

    `probabilities` (n,) says how likely each row was to be drawn, where the draw was random; None where it was not.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, places: NDArray[np.integer] | NDArray[np.bool_]) -> Picks:
        """Those at these places, without probabilities: which of them are kept was not drawn."""
        return Picks(rows=self.rows[places], scores=self.scores[places])

    def then(self, others: Picks) -> Picks:
        """These and after them others, without probabilities."""
        return Picks(rows=np.append(self.rows, others.rows), scores=np.append(self.scores, others.scores))

    @classmethod
    def lowest(
        cls,
        values: ArrayLike,
        n: int,
        rng: np.random.Generator,
        excluded: NDArray[np.bool_] | None = None,
    ) -> Picks:
        """The n rows of lowest value (N,), ties in random order; fewer where fewer are left. O(N + n·log n).

        Raises ValueError for a negative n, for values that are not one number a row, and for a NaN in a row that
        could be picked. Excluded rows (N,) may hold anything.
        """
        values = np.asarray(values)
        if n < 0 or values.ndim != 1:
            raise ValueError(f"Wanted n >= 0 and one value a row, not n = {n} and shape {values.shape}")
        rows = np.arange(len(values)) if excluded is None else np.flatnonzero(~excluded)
        left = values if excluded is None else values[rows]
        if unknown := int(np.isnan(left).sum()):
            raise ValueError(f"{unknown} of {len(left)} values to rank are NaN: score these rows or exclude them")
        best = _lowest(left, min(n, len(left)), lots(rows, rng))
        return cls(rows=rows[best].astype(np.int64), scores=left[best].astype(np.float64))


def _lowest(values: NDArray[np.generic], n: int, drawn: Lots) -> NDArray[np.intp]:
    """Positions of the n lowest values, in order; ties go by lot."""
    if n == 0:
        return np.empty(0, dtype=np.intp)
    edge = values[np.argpartition(values, n - 1)[n - 1]]
    close = np.flatnonzero(values <= edge)
    return close[np.lexsort((drawn[close], values[close]))[:n]]
