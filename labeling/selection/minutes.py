"""Expected active reading time of an image, learned from how long such images have taken."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labeling.selection.picks import Picks
from labeling.selection.pool import Pool

FEWEST = 10
"""Timed cases; with fewer nothing is expected."""

PRIOR = 20.0
"""A group counts with its cases, the whole project with as many as this."""

SLATE = 3
"""Where reading time matters the strategy is asked for so many times what is wanted."""


@dataclass(frozen=True)
class Minutes:
    """Expected minutes of a case: `typical` of any, and by group."""

    typical: float
    by_group: Mapping[Hashable, float]

    def of(self, group: Hashable) -> float:
        """Those of a group, or of any case where the group has never been timed."""
        return self.by_group.get(group, self.typical)


def learn(active_ms: ArrayLike, groups: Sequence[Hashable]) -> Minutes | None:
    """From active reading times (n,) in milliseconds, each above 0, and their groups; None for fewer than FEWEST.

    Medians of the log time, as reading times are skewed and a reader called away leaves an outlier; a group's median
    is drawn towards the project's by n / (n + PRIOR). Raises ValueError for other lengths or a time not above 0.
    """
    times = np.asarray(active_ms, dtype=float)
    if times.shape != (len(groups),) or not (times > 0).all():
        raise ValueError(f"Wanted {len(groups)} times above 0 ms, not {times.shape}")
    if len(times) < FEWEST:
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


def above(pool: Pool, thresholds: Mapping[str, float]) -> NDArray[np.bool_]:
    """Which rows (N,) have a binary finding at or above its threshold (0.5 where none is given). O(N·C)."""
    found = np.zeros(len(pool), dtype=bool)
    for output, block in pool.blocks():
        if output.kind == "binary":
            found |= block[:, 0] >= thresholds.get(output.finding, 0.5)
    return found


def per_minute(slate: Picks, minutes: NDArray[np.floating], n: int) -> Picks:
    """The n picks of a slate with the most gain per expected minute (len(slate),), best first.

    Scores of different strategies have no common unit, so the gain of a place falls evenly, from 1 for the first pick
    to 1/len for the last.
    """
    places = np.arange(len(slate))
    worth = (1 - places / max(len(slate), 1)) / minutes
    best = np.argsort(-worth, kind="stable")[:n]
    return Picks(rows=slate.rows[best], scores=slate.scores[best])
