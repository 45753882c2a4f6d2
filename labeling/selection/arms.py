"""One batch out of several arms: exploit what the model is unsure of, audit a random sample of everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labeling.selection import strategies
from labeling.selection.caps import Cap
from labeling.selection.picks import Picks
from labeling.selection.pool import Pool
from labeling.selection.strategies import Strategy

ARMS = ("exploit", "audit")


@dataclass(frozen=True)
class Pick:
    """One image of a batch: its row in the pool and why it is there.

    `score` is the strategy's value (lowest first). `probability` is how likely this row was to come into the arm, known
    for a random arm and None for one that is not random.
    """

    row: int
    arm: str
    strategy: str
    score: float
    probability: float | None


def compose(
    pool: Pool,
    *,
    n: int,
    shares: Mapping[str, float],
    strategy: str | Strategy,
    patient_ids: ArrayLike,
    patient_cap: int | None,
    seed: int,
) -> tuple[Pick, ...]:
    """A batch of n picks (fewer where the pool gives no more), the same one for the same seed, in reading order.

    shares: the arms' parts of the batch, summing to 1, e.g. {"exploit": 0.8, "audit": 0.2}; a part that is no whole
    number of images is rounded by lot, so that small batches keep their audit in the long run. strategy: a registered
    name, or a function. patient_ids (N,): whose image each row is; at most patient_cap of one patient enter a batch.
    The audit is drawn first, from every row that may be picked. Raises ValueError for shares that make no whole.
    """
    rng = np.random.default_rng(seed)
    sizes = _sizes(n, shares, rng)
    cap = Cap(patient_ids, len(pool), patient_cap)
    audit = _audit(pool, sizes["audit"], n * shares.get("audit", 0.0), cap, rng)
    exploit = _exploit(pool, sizes["exploit"], strategy, cap, audit.rows, rng)
    name = strategy if isinstance(strategy, str) else getattr(strategy, "__name__", "strategy")
    return _shuffle_in(_as_picks(exploit, "exploit", name), _as_picks(audit, "audit", "random"), rng)


def _sizes(n: int, shares: Mapping[str, float], rng: np.random.Generator) -> dict[str, int]:
    """Whole numbers of images with mean n·share, summing to n (systematic rounding, one draw)."""
    if unknown := set(shares) - set(ARMS):
        raise ValueError(f"Unknown arm {', '.join(sorted(unknown))}: the arms are {', '.join(ARMS)}")
    parts = np.array([shares.get(arm, 0.0) for arm in ARMS])
    if n < 0 or (parts < 0).any() or not np.isclose(parts.sum(), 1):
        raise ValueError(f"Wanted n >= 0 and shares from 0 to 1 with sum 1, not n = {n} and {dict(shares)}")
    ends = np.floor(np.cumsum(parts / parts.sum()).round(9) * n + rng.random())
    return dict(zip(ARMS, np.diff(ends, prepend=0.0).astype(int).tolist(), strict=True))


def _audit(pool: Pool, size: int, expected: float, cap: Cap, rng: np.random.Generator) -> Picks:
    """A random sample of the pool under the cap, with each row's exact probability of being in it.

    A patient with k images first keeps min(k, cap) of them by lot, then all kept rows are equally likely.
    """
    rows = rng.permutation(pool.open)
    kept = rng.permutation(rows[cap.admits(rows)])
    drawn = kept[:size]
    probability = min(expected / max(len(kept), 1), 1.0) * cap.kept_share(rows)[drawn]
    return Picks(rows=drawn.astype(np.int64), scores=np.zeros(len(drawn)), probabilities=probability)


def _exploit(
    pool: Pool, size: int, strategy: str | Strategy, cap: Cap, taken: NDArray[np.int64], rng: np.random.Generator
) -> Picks:
    """What the strategy picks of the rest, asked again as long as the cap turns picks away."""
    ask = strategies.get(strategy) if isinstance(strategy, str) else strategy
    excluded = np.zeros(len(pool), dtype=bool) if pool.excluded is None else pool.excluded.copy()
    rows, scores = np.empty(0, dtype=np.int64), np.empty(0)
    while len(rows) < size:
        excluded |= cap.closed(np.concatenate([taken, rows]))
        picks = ask(replace(pool, excluded=excluded), size - len(rows), rng=rng)
        if not len(picks):
            break
        admitted = cap.admits(picks.rows, after=np.concatenate([taken, rows]))
        rows, scores = np.append(rows, picks.rows[admitted]), np.append(scores, picks.scores[admitted])
    return Picks(rows=rows, scores=scores)


def _as_picks(picks: Picks, arm: str, strategy: str) -> list[Pick]:
    known = [None] * len(picks) if picks.probabilities is None else picks.probabilities.tolist()
    together = zip(picks.rows.tolist(), picks.scores.tolist(), known, strict=True)
    return [Pick(row, arm, strategy, score, probability) for row, score, probability in together]


def _shuffle_in(ranked: list[Pick], random: list[Pick], rng: np.random.Generator) -> tuple[Pick, ...]:
    """The ranked picks in their order with the random ones at random places, so that no place tells the arm."""
    places = set(rng.choice(len(ranked) + len(random), len(random), replace=False).tolist())
    ranked_left, random_left = iter(ranked), iter(random)
    return tuple(next(random_left if i in places else ranked_left) for i in range(len(ranked) + len(random)))
