"""Choosing from a pool in parts: each part hands up what could matter, and the strategy is asked of that alone.

It picks the same as of the whole, since lots go by a row's number in the whole (`Pool.ids`): the lowest n of all rows
are among the lowest n of every part, and so it is with those a herding strategy may choose or has to cover.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from labeling.selection import strategies
from labeling.selection.candidates import sample
from labeling.selection.certainty import doubt
from labeling.selection.herding import CANDIDATES, REFERENCE
from labeling.selection.picks import Picks
from labeling.selection.pool import Pool

SCORED = ("random", "margin", "mean_margin", "entropy", "bald")
HERDING = ("maxherding", "uherding")


def top(part: Pool, n: int, *, strategy: str, seed: int) -> Pool:
    """What of a part (with `ids`, and every labelled row of the whole) a choice of n of the whole can depend on.

    Its labelled rows stay. Raises ValueError for a strategy that looks at all rows at once. O(strategy) of the part.
    """
    rng = np.random.default_rng(seed)
    if strategy in SCORED:
        return subset(part, strategies.get(strategy)(part, n, rng=rng).rows)
    if strategy not in HERDING:
        raise ValueError(f"{strategy} cannot choose in parts; {', '.join(SCORED + HERDING)} can")
    rows = [sample(part, part.open, CANDIDATES, rng)] if not part.layout else _candidates(part, rng)
    return subset(part, np.concatenate([*rows, sample(part, part.open, REFERENCE, rng)]))


def _candidates(part: Pool, rng: np.random.Generator) -> list[NDArray[np.int64]]:
    """With the lots that `candidates` draws, in its order: of the whole's half at random none but these can be."""
    unsure = Picks.lowest(-doubt(part), CANDIDATES // 2, rng=rng, excluded=part.closed, ids=part.ids).rows
    return [unsure, sample(part, part.open, CANDIDATES, rng)]


def subset(pool: Pool, rows: NDArray[np.int64]) -> Pool:
    """These rows of a pool, and its labelled ones, ascending."""
    kept = np.unique(np.concatenate([rows, pool.known]))
    return replace(
        pool,
        outputs=pool.outputs[kept],
        excluded=None if pool.excluded is None else pool.excluded[kept],
        embeddings=None if pool.embeddings is None else pool.embeddings[kept],
        labelled=None if pool.labelled is None else np.searchsorted(kept, pool.labelled),
        ids=pool.numbers(kept),
    )


def merge(parts: Sequence[Pool]) -> Pool:
    """The parts' rows as one pool, ascending by number; labelled rows, which all parts hold, once."""
    ids, first = np.unique(np.concatenate([part.numbers(np.arange(len(part))) for part in parts]), return_index=True)
    known = parts[0].numbers(parts[0].known)
    return replace(
        parts[0],
        outputs=np.concatenate([part.outputs for part in parts])[first],
        excluded=np.concatenate([_excluded(part) for part in parts])[first],
        embeddings=_together([part.embeddings for part in parts], first),
        labelled=np.searchsorted(ids, known),
        ids=ids,
    )


def _excluded(part: Pool) -> NDArray[np.bool_]:
    return np.zeros(len(part), bool) if part.excluded is None else part.excluded


def _together(embeddings: Sequence[object], first: NDArray[np.intp]) -> NDArray[np.floating] | None:
    held = [np.asarray(each) for each in embeddings if each is not None]
    return np.concatenate(held)[first] if held else None


def choose(merged: Pool, n: int, *, strategy: str, seed: int) -> Picks:
    """The n picks of the whole, by the rows' numbers in it."""
    picks = strategies.get(strategy)(merged, n, rng=np.random.default_rng(seed))
    return replace(picks, rows=merged.numbers(picks.rows))
