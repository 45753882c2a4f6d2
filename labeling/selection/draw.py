"""One batch out of several arms.

Exploit takes what the strategy ranks first, audit a random sample of everything, relabel second looks at labels that look
wrong. Gold and repeat measure readers, on known answers and on what they have read before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labeling.selection import strategies
from labeling.selection.constraints import QUOTA, SLATE, PatientCap, per_minute, quotas_fill, systematic_rounding
from labeling.selection.pool import Picks, Pool
from labeling.selection.strategies import Strategy

ARMS = ("exploit", "audit", "gold", "repeat", "relabel")
# A strategy is asked for at most this many times what is wanted: some compare every pair that they rank.
LONGEST = 4


@dataclass(frozen=True)
class Pick:
    """One image of a batch: its row, and why it is there.

    score: the strategy's value, lowest first. probability: how likely this row was to come into the arm, in 0..1; None for
    an arm that is not random. finding: the finding whose quota brought it in, or empty.
    """

    row: int
    arm: str
    strategy: str
    score: float
    probability: float | None
    finding: str = ""


@dataclass(frozen=True)
class CandidateList:
    """The candidates of an arm whose images are not in the pool.

    patient_ids (k,): the patient of each. scores (k,): the lowest are taken first; None if they are drawn at random.
    """

    patient_ids: ArrayLike
    strategy: str = "random"
    scores: NDArray[np.float64] | None = None


def compose(
    pool: Pool,
    *,
    n: int,
    shares: Mapping[str, float],
    strategy: str | Strategy,
    patient_ids: ArrayLike,
    patient_cap: int | None,
    seed: int,
    lists: Mapping[str, CandidateList] | None = None,
    quotas: Mapping[str, float] | None = None,
    minutes: NDArray[np.floating] | None = None,
    waiting: ArrayLike = (),
) -> tuple[Pick, ...]:
    """A batch of n picks in reading order, the same for the same seed; fewer if the pool has no more.

    shares: each arm's part of the batch, sum 1, e.g. {"exploit": 0.8, "audit": 0.2}. Fractions of an image are rounded at
    random, so that small batches keep their audit in the long run.
    strategy: a registered name, or a function.
    patient_ids (N,): the patient of each row. At most patient_cap images of a patient enter the batch, all arms together,
    minus those in `waiting` (w,): the patients of the images that wait already.
    lists: the candidates of gold, repeat and relabel. Their rows follow the pool's N, in the order of ARMS.
    quotas: for exploit, as `quotas_fill` describes them.
    minutes (N,): expected reading time of the pool's rows, above 0. Exploit then goes by gain per minute.

    The audit is drawn first, from every row that may be picked, then the lists; the probability of a list's pick is
    conditional on what was drawn before. If an arm lacks candidates, exploit gets its places. Raises ValueError for shares
    that do not sum to 1, an unknown arm, a negative n, or another number of patients than rows.
    """
    # One generator for every random choice, in this order: a stored seed must give the same batch again.
    rng = np.random.default_rng(seed)
    lists = lists or {}
    sizes = _sizes(n, shares, rng)
    cap = _cap(pool, patient_ids, lists, patient_cap, waiting)
    expected = {arm: n * share for arm, share in shares.items()}
    others = _drawn(pool.open, np.size(patient_ids), lists, expected, sizes, cap, rng)
    taken = np.array([pick.row for pick in others], dtype=np.int64)
    left = n - len(taken)
    if minutes is None:
        chosen = _exploit(pool, left, strategy, cap, taken, seed)
    else:
        slate = _exploit(pool, left * SLATE, strategy, cap, taken, seed)
        chosen = per_minute(slate, minutes[slate.rows], left)
    if quotas and pool.layout:
        filled = quotas_fill(pool, chosen, quotas, cap, taken, seed)
        chosen = filled.kept
        for finding, added in filled.added.items():
            brought = _as_picks(added, "exploit", QUOTA)
            others += [replace(pick, finding=finding) for pick in brought]
    # After the call: a strategy that fell back to random order says so by its name.
    name = strategy
    if not isinstance(name, str):
        name = getattr(name, "__name__", "strategy")
    return _shuffle_in(_as_picks(chosen, "exploit", name), others, rng)


def _cap(
    pool: Pool, patient_ids: ArrayLike, lists: Mapping[str, CandidateList], limit: int | None, waiting: ArrayLike
) -> PatientCap:
    """The cap over all rows and, after them, those of the lists."""
    if np.shape(patient_ids) != (len(pool),):
        raise ValueError(f"{np.shape(patient_ids)} patients for {len(pool)} rows")
    owners = [np.asarray(patient_ids), *(np.asarray(lists[arm].patient_ids) for arm in ARMS if arm in lists)]
    known = [ids for ids in owners if len(ids)]  # an empty list of patients has no type
    rows = sum(len(ids) for ids in owners)
    return PatientCap(np.concatenate(known or owners), rows, limit, waiting=waiting)


def _drawn(
    rows: NDArray[np.int64],
    start: int,
    lists: Mapping[str, CandidateList],
    expected: Mapping[str, float],
    sizes: Mapping[str, int],
    cap: PatientCap,
    rng: np.random.Generator,
) -> list[Pick]:
    """The audit from all rows that may be picked, then each list in the order of ARMS, within what the cap leaves.

    The rows of the lists begin at `start`.
    """
    # The audit comes first, while nothing is taken, so that each image's probability of being in it is exact.
    audit = _sample(rows, sizes["audit"], expected.get("audit", 0.0), cap, np.empty(0, dtype=np.int64), rng)
    picks = _as_picks(audit, "audit", "random")
    taken = audit.rows
    for arm in ARMS:
        if arm not in lists:
            continue
        drawn = _of_list(lists[arm], start, sizes[arm], expected.get(arm, 0.0), cap, taken, rng)
        picks += _as_picks(drawn, arm, lists[arm].strategy)
        taken = np.concatenate([taken, drawn.rows])
        start += len(np.asarray(lists[arm].patient_ids))
    return picks


def _sizes(n: int, shares: Mapping[str, float], rng: np.random.Generator) -> dict[str, int]:
    """Whole numbers of images with mean n·share, summing to n."""
    if unknown := set(shares) - set(ARMS):
        raise ValueError(f"Unknown arm {', '.join(sorted(unknown))}: the arms are {', '.join(ARMS)}")
    parts = np.array([shares.get(arm, 0.0) for arm in ARMS])
    if n < 0 or (parts < 0).any() or not np.isclose(parts.sum(), 1):
        raise ValueError(f"Wanted n >= 0 and shares from 0 to 1 with sum 1, not n = {n} and {dict(shares)}")
    return dict(zip(ARMS, systematic_rounding(n, parts / parts.sum(), rng).tolist(), strict=True))


def _sample(
    rows: NDArray[np.int64],
    size: int,
    expected: float,
    cap: PatientCap,
    taken: NDArray[np.int64],
    rng: np.random.Generator,
) -> Picks:
    """A random sample of rows under the cap, with each one's exact probability of being in it.

    A patient with k images first keeps min(k, what the cap leaves) of them at random, then all kept rows are equally likely.
    """
    # Two shuffles: the first decides which images of a patient the cap keeps, the second which kept rows are drawn.
    rows = rng.permutation(rows)
    kept = rng.permutation(np.flatnonzero(cap.admits(rows, after=taken)))
    drawn = kept[:size]
    # By the expected size, not the rounded one: the rounding is random, too, and this is its mean.
    probability = min(expected / max(len(kept), 1), 1.0) * cap.kept_share(rows, after=taken)[drawn]
    return Picks(rows=rows[drawn].astype(np.int64), scores=np.zeros(len(drawn)), probabilities=probability)


def _of_list(
    listed: CandidateList,
    start: int,
    size: int,
    expected: float,
    cap: PatientCap,
    taken: NDArray[np.int64],
    rng: np.random.Generator,
) -> Picks:
    """Picks from a list whose rows begin at `start`: at random, or the lowest scores that the cap admits."""
    if listed.scores is None:
        rows = start + np.arange(len(np.asarray(listed.patient_ids)), dtype=np.int64)
        return _sample(rows, size, expected, cap, taken, rng)
    ranked = Picks.lowest(listed.scores, len(listed.scores), rng)
    admitted = cap.first(start + ranked.rows, size, after=taken)
    return Picks(rows=start + ranked.rows[admitted], scores=ranked.scores[admitted])


def _exploit(
    pool: Pool, size: int, strategy: str | Strategy, cap: PatientCap, taken: NDArray[np.int64], seed: int
) -> Picks:
    """The rows that the strategy ranks first, without those taken already and those that the cap refuses.

    If these are too few, the strategy is called again with the same random keys: first for a longer ranking, up to LONGEST
    times what is wanted; then for the rows of patients that the cap still admits, where what was chosen counts as read.
    The strategy does not know what is taken, which still counts towards the cap.
    """
    ask = strategies.get(strategy) if isinstance(strategy, str) else strategy
    wanted = size + len(taken)
    found = Picks(rows=np.empty(0, np.int64), scores=np.empty(0))
    most = LONGEST * wanted
    while len(found) < size:
        # A fresh generator each time, so that a longer ranking begins with the shorter one.
        ranked = ask(pool, wanted, rng=np.random.default_rng([seed, *b"exploit"]))
        more = ranked.at(cap.first(ranked.rows, size - len(found), after=taken))
        if len(found) + len(more) == size or len(ranked) < wanted:
            return found.then(more)
        if wanted < most:
            wanted *= 2
        else:
            found = found.then(more)
            taken = np.concatenate([taken, more.rows])
            pool = _roomy(pool, more.rows, cap, taken)
    return found


def _roomy(pool: Pool, chosen: NDArray[np.int64], cap: PatientCap, taken: NDArray[np.int64]) -> Pool:
    """The pool with the chosen rows as read, and without the rows that are taken or whose patient the cap refuses."""
    rows = np.arange(len(pool))
    excluded = np.isin(rows, taken) | (cap.kept_share(rows, after=taken) == 0)
    if pool.excluded is not None:
        excluded |= pool.excluded
    labels = pool.labels
    if labels is not None:
        unknown = np.full((len(chosen), len(pool.layout)), np.nan)
        labels = np.concatenate([labels, unknown])
    return replace(pool, excluded=excluded, labelled=np.append(pool.known, chosen), labels=labels)


def _as_picks(picks: Picks, arm: str, strategy: str) -> list[Pick]:
    probabilities: list[float | None] = [None] * len(picks)
    if picks.probabilities is not None:
        probabilities = picks.probabilities.tolist()
    together = zip(picks.rows.tolist(), picks.scores.tolist(), probabilities, strict=True)
    return [Pick(row, arm, strategy, score, probability) for row, score, probability in together]


def _shuffle_in(ranked: list[Pick], others: list[Pick], rng: np.random.Generator) -> tuple[Pick, ...]:
    """The ranked picks in their order with the others at random places, so that no place tells the arm."""
    places = rng.choice(len(ranked) + len(others), len(others), replace=False).tolist()
    shuffled = list(ranked)
    # From the lowest place up, so that what is inserted later does not push it on.
    for place, pick in sorted(zip(places, others, strict=True), key=lambda pair: pair[0]):
        shuffled.insert(place, pick)
    return tuple(shuffled)
