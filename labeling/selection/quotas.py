"""Room in a batch for findings that the strategy would leave out, so that rare findings are not starved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labeling.selection.caps import Cap
from labeling.selection.certainty import margin_of
from labeling.selection.picks import Picks
from labeling.selection.pool import Pool
from labeling.selection.rounding import whole

STRATEGY = "quota"


@dataclass(frozen=True)
class Filled:
    """The strategy's picks that stay, and by finding those that its quota brought in, scored by that finding's margin."""

    kept: Picks
    added: Mapping[str, Picks]


def fill(
    pool: Pool,
    picks: Picks,
    quotas: Mapping[str, float],
    cap: Cap,
    taken: NDArray[np.int64],
    seed: int,
) -> Filled:
    """The same number of picks, of which at least a quota's share is about its finding.

    A pick is about the finding the model is least sure of there. Where the strategy brings too few of a finding, the
    rows whose margin on that finding is lowest come in (of a rare finding that is never near a half: the likeliest),
    and as many of the last picks that no quota needs go out beforehand, to make room under the cap. quotas: finding →
    share 0..1 of the picks, at most 1 together; a part that is no whole number is rounded by lot. taken: rows
    in the batch already. Raises ValueError for quotas above 1 together, below 0, or of a finding the pool has not.
    O(N·C + N·log N).
    """
    owed, least = _owed(pool, len(picks), quotas, seed), _least_sure(pool, picks.rows)
    lacking = np.maximum(owed - np.bincount(least, minlength=len(owed)), 0)
    stay = _staying(least, owed, int(lacking.sum()))
    held = np.concatenate([taken, picks.rows[stay]])
    return Filled(picks.at(stay), _brought(pool, lacking, cap, held, seed))


def _owed(pool: Pool, size: int, quotas: Mapping[str, float], seed: int) -> NDArray[np.int64]:
    """How many of so many picks each finding of the layout (F,) is owed."""
    names = [output.finding for output in pool.layout]
    parts = np.array([quotas.get(name, 0.0) for name in names])
    if set(quotas) - set(names) or (parts < 0).any() or parts.sum() > 1 + 1e-9:
        raise ValueError(f"Wanted quotas from 0 to 1, at most 1 together, of {', '.join(names)}, not {dict(quotas)}")
    return whole(size, parts, np.random.default_rng([seed, *b"quota"]))


def _brought(pool: Pool, lacking: NDArray[np.int64], cap: Cap, held: NDArray[np.int64], seed: int) -> dict[str, Picks]:
    """By finding as many rows (≤ lacking) as each lacks, one finding after the other, beside those that the batch holds."""
    added = {}
    for column in np.flatnonzero(lacking):
        finding = pool.layout[column].finding
        brought = likeliest(pool, finding, int(lacking[column]), cap, held, seed)
        if len(brought):
            added[finding] = brought
            held = np.concatenate([held, brought.rows])
    return added


def _least_sure(pool: Pool, rows: NDArray[np.int64]) -> NDArray[np.intp]:
    """For each of the rows (m,) the place in the layout of the finding with the lowest margin."""
    margins = [margin_of(output, block[rows]) for output, block in pool.blocks()]
    least: NDArray[np.intp] = np.argmin(np.stack(margins), axis=0)
    return least


def likeliest(pool: Pool, finding: str, count: int, cap: Cap, taken: NDArray[np.int64], seed: int) -> Picks:
    """The rows (≤ count,) of lowest margin on a finding that are not taken and that the cap admits."""
    output, block = next(each for each in pool.blocks() if each[0].finding == finding)
    rng = np.random.default_rng([seed, *finding.encode()])
    ranked = Picks.lowest(margin_of(output, block), len(pool) if count else 0, rng, excluded=pool.closed)
    return ranked.at(cap.first(ranked.rows, count, after=taken))


def _staying(least: NDArray[np.intp], owed: NDArray[np.int64], leaving: int) -> NDArray[np.bool_]:
    """Which picks (m,) stay when so many leave: the last go first, but for the first of a finding that are owed."""
    stay = np.ones(len(least), dtype=bool)
    count = np.bincount(least, minlength=len(owed))
    for place in range(len(least) - 1, -1, -1):
        if leaving and count[least[place]] > owed[least[place]]:
            stay[place], leaving = False, leaving - 1
            count[least[place]] -= 1
    return stay
