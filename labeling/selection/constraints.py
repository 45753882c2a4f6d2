"""Limits on a batch: images per patient, a quota for findings that the strategy would leave out, and reading time."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labeling.selection.pool import Picks, Pool
from labeling.selection.uncertainty import margin_of

# Stored as the strategy of a pick that a finding's quota brought in.
QUOTA = "quota"

# With fewer timed cases than this one slow reader would decide the median, so no reading time is expected.
FEWEST_TIMED = 10

# The project's median counts as this many cases of each group: a group of three cases hardly departs from it.
PRIOR = 20.0

# Where reading time matters the strategy ranks this many times what is wanted, so that there are quick cases to prefer.
SLATE = 3


def systematic_rounding(n: int, parts: ArrayLike, rng: np.random.Generator) -> NDArray[np.int64]:
    """Integers (F,) whose means are n·part, for parts (F,) of at least 0 that sum to 1 at most. Their sum is n·Σ part,
    rounded up or down.

    One random draw rounds all of them (systematic sampling, Madow 1949), so that small batches keep every part in the
    long run.
    """
    # Rounded to nine digits, or shares such as 0.7 + 0.2 + 0.1 would end a hair below 1 and lose an image.
    ends = np.floor(np.cumsum(np.asarray(parts, dtype=float)).round(9) * n + rng.random())
    return np.diff(ends, prepend=0.0).astype(np.int64)


class PatientCap:
    """Admits at most `limit` images of one patient; None means no limit."""

    def __init__(self, patient_ids: ArrayLike, rows: int, limit: int | None, *, waiting: ArrayLike = ()) -> None:
        """patient_ids (rows,): the patient of each row, any values that sort. waiting (w,): the patients of images that wait
        already, one for each image.

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
        self.limit = limit or rows + 1  # more than there are rows: no cap
        held = np.asarray(waiting)
        self.used = np.bincount(np.searchsorted(known, held[np.isin(held, known)]), minlength=self.count)

    def admits(self, rows: NDArray[np.integer], after: NDArray[np.integer] | None = None) -> NDArray[np.bool_]:
        """Which of the rows (n,) stay within the cap if they join in order, after the rows already in the batch. O(n·log n)."""
        before = rows[:0] if after is None else after
        patients = self.patients[np.concatenate([before, rows])]
        # Sorted by patient and otherwise in their order, each image's place within its patient is its distance to the
        # patient's first: no loop over patients is needed.
        order = np.argsort(patients, kind="stable")
        grouped = patients[order]
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order)) - np.searchsorted(grouped, grouped)
        admitted: NDArray[np.bool_] = (place + self.used[patients])[len(before) :] < self.limit
        return admitted

    def first(self, rows: NDArray[np.integer], size: int, *, after: NDArray[np.integer]) -> NDArray[np.intp]:
        """Places (≤ size,) of the first of the rows (n,) that may join the batch. Rows that are in it already may not."""
        new = np.flatnonzero(~np.isin(rows, after))
        return new[self.admits(rows[new], after=after)][:size]

    def kept_share(self, rows: NDArray[np.integer], after: NDArray[np.integer] | None = None) -> NDArray[np.float64]:
        """For each of the rows (n,), the share 0..1 of its patient's images that the cap lets in: min(k, room) / k.

        k is how many of the rows are of this patient, and room is what the cap leaves after the images that wait and those
        already in the batch.
        """
        images = np.maximum(np.bincount(self.patients[rows], minlength=self.count), 1)
        before = rows[:0] if after is None else after
        taken = self.used + np.bincount(self.patients[before], minlength=self.count)
        room = np.maximum(self.limit - taken, 0)
        share: NDArray[np.float64] = (np.minimum(images, room) / images)[self.patients[rows]]
        return share


@dataclass(frozen=True)
class Filled:
    """The strategy's picks that stay, and for each finding the picks that its quota brought in, scored by its margin."""

    kept: Picks
    added: Mapping[str, Picks]


def quotas_fill(
    pool: Pool,
    picks: Picks,
    quotas: Mapping[str, float],
    cap: PatientCap,
    taken: NDArray[np.int64],
    seed: int,
) -> Filled:
    """As many picks as before, of which at least each quota's share is about its finding.

    A pick is about the finding that the model is least sure of there. If the strategy brings too few for a finding, the
    rows with the lowest margin on it come in. For a rare finding that is never near one half, these are the likeliest
    rows. To make room under the cap, as many of the last picks that no quota needs go out first. quotas: finding → share
    0..1 of the picks, at most 1 in total; fractions of a pick are rounded at random. taken (t,): rows in the batch
    already. Raises ValueError for quotas below 0, above 1 in total, or of a finding that the pool does not have.
    O(N·C + N·log N).
    """
    owed = _owed(pool, len(picks), quotas, seed)
    least = _least_sure(pool, picks.rows)
    lacking = np.maximum(owed - np.bincount(least, minlength=len(owed)), 0)
    stay = _staying(least, owed, int(lacking.sum()))
    held = np.concatenate([taken, picks.rows[stay]])
    return Filled(picks.at(stay), _brought(pool, lacking, cap, held, seed))


def _owed(pool: Pool, size: int, quotas: Mapping[str, float], seed: int) -> NDArray[np.int64]:
    """How many of so many picks each finding of the layout (F,) is owed."""
    names = [output.finding for output in pool.layout]
    parts = np.array([quotas.get(name, 0.0) for name in names])
    # The 1e-9 lets shares such as 0.7 + 0.2 + 0.1 pass, which sum to a hair above 1.
    if set(quotas) - set(names) or (parts < 0).any() or parts.sum() > 1 + 1e-9:
        raise ValueError(f"Wanted quotas from 0 to 1, at most 1 together, of {', '.join(names)}, not {dict(quotas)}")
    return systematic_rounding(size, parts, np.random.default_rng([seed, *b"quota"]))


def _brought(
    pool: Pool, lacking: NDArray[np.int64], cap: PatientCap, held: NDArray[np.int64], seed: int
) -> dict[str, Picks]:
    """For each finding as many rows (≤ lacking) as it lacks, one finding after the other, none that the batch holds."""
    added = {}
    for column in np.flatnonzero(lacking):
        finding = pool.layout[column].finding
        brought = _likeliest(pool, finding, int(lacking[column]), cap, held, seed)
        if len(brought):
            added[finding] = brought
            held = np.concatenate([held, brought.rows])
    return added


def _least_sure(pool: Pool, rows: NDArray[np.int64]) -> NDArray[np.intp]:
    """For each of the rows (m,) the place in the layout of the finding with the lowest margin."""
    margins = [margin_of(output, block[rows]) for output, block in pool.blocks()]
    least: NDArray[np.intp] = np.argmin(np.stack(margins), axis=0)
    return least


def _likeliest(pool: Pool, finding: str, count: int, cap: PatientCap, taken: NDArray[np.int64], seed: int) -> Picks:
    """The rows (≤ count,) of lowest margin on a finding that are not taken and that the cap admits."""
    output, block = next(each for each in pool.blocks() if each[0].finding == finding)
    # Seeded by the finding's name, so that a quota on one finding does not change what another's brings in.
    rng = np.random.default_rng([seed, *finding.encode()])
    ranked = Picks.lowest(margin_of(output, block), len(pool) if count else 0, rng, excluded=pool.closed)
    return ranked.at(cap.first(ranked.rows, count, after=taken))


def _staying(least: NDArray[np.intp], owed: NDArray[np.int64], leaving: int) -> NDArray[np.bool_]:
    """Which picks (m,) stay when so many leave. The last leave first, but no finding keeps fewer than it is owed."""
    stay = np.ones(len(least), dtype=bool)
    count = np.bincount(least, minlength=len(owed))
    for place in range(len(least) - 1, -1, -1):
        if leaving and count[least[place]] > owed[least[place]]:
            stay[place] = False
            leaving -= 1
            count[least[place]] -= 1
    return stay


@dataclass(frozen=True)
class Minutes:
    """Expected minutes of a case: `typical` for any case, and by group."""

    typical: float
    by_group: Mapping[Hashable, float]

    def of(self, group: Hashable) -> float:
        """The minutes of a group, or of any case if the group has never been timed."""
        return self.by_group.get(group, self.typical)


def minutes_learn(active_ms: ArrayLike, groups: Sequence[Hashable]) -> Minutes | None:
    """Expected minutes from active reading times (n,) in milliseconds, above 0, and their groups (n,).

    Medians of the log time, since reading times are skewed and a reader who is called away leaves an outlier. A group's
    median has the weight n / (n + PRIOR), the project's the rest. None for fewer than FEWEST_TIMED times. Raises ValueError
    for other lengths or a time that is not above 0.
    """
    times = np.asarray(active_ms, dtype=float)
    if times.shape != (len(groups),) or not (times > 0).all():
        raise ValueError(f"Wanted {len(groups)} times above 0 ms, not {times.shape}")
    if len(times) < FEWEST_TIMED:
        return None
    logs = np.log(times / 60_000)
    overall = float(np.median(logs))
    members: dict[Hashable, list[float]] = {}
    for group, value in zip(groups, logs.tolist(), strict=True):
        members.setdefault(group, []).append(value)
    drawn = {group: _shrunk(values, overall) for group, values in members.items()}
    return Minutes(float(np.exp(overall)), drawn)


def _shrunk(logs: list[float], overall: float) -> float:
    weight = len(logs) / (len(logs) + PRIOR)
    return float(np.exp(weight * np.median(logs) + (1 - weight) * overall))


def above_threshold(pool: Pool, thresholds: Mapping[str, float]) -> NDArray[np.bool_]:
    """Which rows (N,) have a binary finding at or above its threshold in 0..1, or 0.5 if none is given. O(N·C)."""
    found = np.zeros(len(pool), dtype=bool)
    for output, block in pool.blocks():
        if output.kind == "binary":
            found |= block[:, 0] >= thresholds.get(output.finding, 0.5)
    return found


def per_minute(slate: Picks, minutes: NDArray[np.floating], n: int) -> Picks:
    """The n picks of a slate (m,) with the most gain per expected minute, best first. minutes (m,): above 0.

    Scores of different strategies have no common unit, so the gain goes by place: it falls evenly from 1 for the first
    pick to 1/m for the last.
    """
    places = np.arange(len(slate))
    gain = 1 - places / max(len(slate), 1)
    best = np.argsort(-gain / minutes, kind="stable")[:n]
    return Picks(rows=slate.rows[best], scores=slate.scores[best])
