"""At most so many images of one patient in a batch, those that wait from earlier ones counted in."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


class Cap:
    """Counts images by patient. `limit` None means that there is no cap."""

    def __init__(self, patient_ids: ArrayLike, rows: int, limit: int | None, *, waiting: ArrayLike = ()) -> None:
        """patient_ids (rows,): any values that compare. waiting (w,): whose each image is that waits already.

        Raises ValueError for another length, or a limit below 1.
        """
        ids = np.asarray(patient_ids)
        if ids.shape != (rows,):
            raise ValueError(f"{ids.shape} patients for {rows} rows")
        if limit is not None and limit < 1:
            raise ValueError(f"At least one image of a patient must be allowed, not {limit}")
        known, places = np.unique(ids, return_inverse=True)
        self.patients: NDArray[np.intp] = places
        self.count = len(known)
        self.limit = rows + 1 if limit is None else limit
        held = np.asarray(waiting)
        self.used = np.bincount(np.searchsorted(known, held[np.isin(held, known)]), minlength=self.count)

    def admits(self, rows: NDArray[np.integer], after: NDArray[np.integer] | None = None) -> NDArray[np.bool_]:
        """Which of the rows (n,), taken in order after those already in the batch, stay within the cap. O(n·log n)."""
        before = rows[:0] if after is None else after
        patients = self.patients[np.concatenate([before, rows])]
        order = np.argsort(patients, kind="stable")
        grouped = patients[order]
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order)) - np.searchsorted(grouped, grouped)
        admitted: NDArray[np.bool_] = (place + self.used[patients])[len(before) :] < self.limit
        return admitted

    def first(self, rows: NDArray[np.integer], size: int, *, after: NDArray[np.integer]) -> NDArray[np.intp]:
        """Places (≤ size,) of the first of the rows (n,) that may join those already in the batch, which join once."""
        new = np.flatnonzero(~np.isin(rows, after))
        return new[self.admits(rows[new], after=after)][:size]

    def kept_share(self, rows: NDArray[np.integer], after: NDArray[np.integer] | None = None) -> NDArray[np.float64]:
        """For each of the rows (n,), min(k, room) / k: k the number of its patient's images among rows, room what the cap
        leaves after those that wait and those already in the batch.
        """
        images = np.maximum(np.bincount(self.patients[rows], minlength=self.count), 1)
        before = rows[:0] if after is None else after
        taken = self.used + np.bincount(self.patients[before], minlength=self.count)
        room = np.maximum(self.limit - taken, 0)
        share: NDArray[np.float64] = (np.minimum(images, room) / images)[self.patients[rows]]
        return share
