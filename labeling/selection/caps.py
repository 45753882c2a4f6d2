"""At most so many images of one patient in a batch."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Cap:
    """Counts images by patient. `limit` None means that there is no cap; rows are those of the pool."""

    def __init__(self, patient_ids: ArrayLike, rows: int, limit: int | None) -> None:
        """patient_ids (rows,): any values that compare. Raises ValueError for another length, or a limit below 1."""
        ids = np.asarray(patient_ids)
        if ids.shape != (rows,):
            raise ValueError(f"{ids.shape} patients for {rows} rows")
        if limit is not None and limit < 1:
            raise ValueError(f"At least one image of a patient must be allowed, not {limit}")
        known, self.patients = np.unique(ids, return_inverse=True)
        self.count = len(known)
        self.limit = rows + 1 if limit is None else limit

    def admits(self, rows: NDArray[np.integer], after: NDArray[np.integer] | None = None) -> NDArray[np.bool_]:
        """Which of the rows (n,), taken in order after those already in the batch, stay within the cap. O(n·log n)."""
        before = rows[:0] if after is None else after
        patients = self.patients[np.concatenate([before, rows])]
        order = np.argsort(patients, kind="stable")
        grouped = patients[order]
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order)) - np.searchsorted(grouped, grouped)
        return place[len(before) :] < self.limit

    def closed(self, rows: NDArray[np.integer]) -> NDArray[np.bool_]:
        """Which rows (N,) of the pool may join no more: those in the batch, and all of a patient who is full. O(N)."""
        full = np.bincount(self.patients[rows], minlength=self.count) >= self.limit
        closed = full[self.patients]
        closed[rows] = True
        return closed

    def kept_share(self, rows: NDArray[np.integer], after: NDArray[np.integer] | None = None) -> NDArray[np.float64]:
        """For each row (N,), min(k, room) / k: k the number of its patient's images among rows, room what the cap
        leaves after those already in the batch.
        """
        images = np.maximum(np.bincount(self.patients[rows], minlength=self.count), 1)
        before = rows[:0] if after is None else after
        room = np.maximum(self.limit - np.bincount(self.patients[before], minlength=self.count), 0)
        return (np.minimum(images, room) / images)[self.patients]
