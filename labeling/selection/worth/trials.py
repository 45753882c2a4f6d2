"""Scouts fitted on more and more labels, in the strategy's order and at random, and their outputs on held-out images."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from labeling.selection.pool import Head, Pool
from labeling.selection.strategies import Strategy
from labeling.selection.worth.labelled import Float, LabelledImages, Learner, Rows
from labeling.selection.worth.scoring import quality

# A replay is repeated this often, each time holding out each of so many parts, and stops at so many sizes. More of any
# makes the report slower in proportion, and the interval over patients hardly narrower.
SEEDS = 5
FOLDS = 4
ROUNDS = 7
# How often the audited patients are halved where the arms are compared.
SPLITS = 6
# Labels that a replay starts from, at least; both orders start from the same.
FIRST = 10
# Labels that a replay goes to, at most; and half of what there is, since at the end both orders hold the same.
BUDGET = 200
# Images that a replay draws from, at most: a strategy may compare all pairs of them.
REPLAYED = 2_000


@dataclass(frozen=True)
class Trial:
    """One held-out part.

    rows (t,): the held-out rows. outputs (A, R, t, C): of the scouts of A ways to order labels at R sizes. seed: the
    repetition that it belongs to; repetitions are resampled as a whole.
    """

    seed: int
    rows: Rows
    outputs: NDArray[np.float32]


@dataclass(frozen=True)
class Trials:
    """Trials at the same sizes (R,), in labels."""

    sizes: Rows
    each: tuple[Trial, ...]

    def curves(self, data: LabelledImages, resamples: int, rng: np.random.Generator) -> Float:
        """Quality (A, 1 + B, R), a mean AUROC: as measured, then in B resamples of the patients and the repetitions.

        A patient who is drawn twice counts twice in every trial and both ways, so that differences are paired. NaN where
        no AUROC is defined.
        """
        known, patient = np.unique(data.patients, return_inverse=True)
        repetitions = 1 + max(trial.seed for trial in self.each)
        people = _redraw(len(known), resamples, rng)
        seeds = _redraw(repetitions, resamples, rng)
        total = np.zeros((len(self.each[0].outputs), 1 + resamples, len(self.sizes)))
        counted = np.zeros_like(total)
        for trial in self.each:
            weights = people[:, patient[trial.rows]] * data.shares[trial.rows]
            for place in np.ndindex(len(total), len(self.sizes)):
                reached = quality(data, trial.rows, trial.outputs[place], weights)
                told = np.isfinite(reached) * seeds[:, trial.seed]
                total[place[0], :, place[1]] += told * np.nan_to_num(reached)
                counted[place[0], :, place[1]] += told
        return np.divide(total, counted, out=np.full_like(total, np.nan), where=counted > 0)


def _redraw(count: int, resamples: int, rng: np.random.Generator) -> Float:
    """How often (1 + B, count) each one counts: once each, then as drawn with replacement."""
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
    return np.concatenate([np.ones((1, count)), drawn])


def folds(data: LabelledImages, rows: Rows, count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """The (train, test) rows of each fold: no patient is in both, and the rarest usable finding is spread evenly."""
    rarest = min(data.usable, key=data.positives)
    said = data.truth[rows, rarest]
    split = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    for train, test in split.split(rows, np.where(np.isfinite(said), said > 0, 0), data.patients[rows]):
        yield rows[train], rows[test]


def replay(data: LabelledImages, strategy: Strategy, learner: Learner, *, seed: int) -> Trials:
    """Replay the labelling of the random images, in the strategy's order and in random order from the same start.

    Each of SEEDS repetitions holds out each of FOLDS parts of the patients. O(SEEDS·FOLDS·2·ROUNDS) fits.
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.permutation(data.random)[:REPLAYED])
    parts = []
    for at in range(SEEDS):
        for train, test in folds(data, rows, FOLDS, int(rng.integers(2**31))):
            parts.append((at, train, test))
    smallest = min(len(train) for _at, train, _test in parts)
    budget = min(smallest // 2, BUDGET)
    sizes = np.unique(np.linspace(min(max(FIRST, budget // 8), budget), budget, ROUNDS).astype(np.int64))
    each = []
    for at, train, test in parts:
        order = rng.permutation(len(train))
        ways = [
            _steps(data, train, test, sizes, learner, order, strategy, rng),
            _steps(data, train, test, sizes, learner, order, None, rng),
        ]
        each.append(Trial(at, test, np.stack(ways)))
    return Trials(sizes, tuple(each))


def _steps(
    data: LabelledImages,
    train: Rows,
    test: Rows,
    sizes: Rows,
    learner: Learner,
    order: Rows,
    strategy: Strategy | None,
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    """Outputs (R, t, C) on the tested rows as labels are added from size to size, by the strategy or else in this order."""
    got = order[: sizes[0]]
    head = fit_on(data, train[got], learner)
    out = [head(data.embeddings[test])]
    for size in sizes[1:].tolist():
        if strategy is None:
            got = order[:size]
        else:
            picks = strategy(pool_of(data, train, got, head), size - len(got), rng=rng)
            got = np.append(got, picks.rows)
        head = fit_on(data, train[got], learner)
        out.append(head(data.embeddings[test]))
    return np.asarray(out, np.float32)


def pool_of(data: LabelledImages, rows: Rows, got: Rows, head: Head) -> Pool:
    """The rows (t,) as a pool in which those at the places `got` (g,) are labelled, with this head's outputs."""
    points = data.embeddings[rows]
    return Pool(
        head(points).astype(np.float32),
        data.layout,
        embeddings=points,
        labelled=got.astype(np.int64),
        labels=data.labels[rows[got]],
        head=head,
    )


def fit_on(data: LabelledImages, rows: Rows, learner: Learner) -> Head:
    """A scout that is fitted on these rows (k,)."""
    return learner(data.embeddings[rows], data.labels[rows], data.weights[rows], data.patients[rows])


def arms(data: LabelledImages, learner: Learner, *, seed: int) -> Trials | None:
    """Compare as many labels of the strategy's picks as of the audit, tested on audited images of other patients.

    The audited patients are halved SPLITS times. Each half tests scouts fitted on the other half and on the picks. None if
    a half, or the picks, have fewer than FIRST labels. O(SPLITS·2·2·ROUNDS) fits.
    """
    rng = np.random.default_rng(seed)
    halves = []
    for _split in range(SPLITS):
        for train, test in folds(data, data.audited, 2, int(rng.integers(2**31))):
            picked = rng.permutation(_others(data, data.picked, test))
            halves.append((picked, rng.permutation(train), test))
    most = min(min(len(picked), len(drawn), BUDGET) for picked, drawn, _test in halves)
    if most < FIRST:
        return None
    sizes = np.unique(np.linspace(max(FIRST, most // ROUNDS), most, ROUNDS).astype(np.int64))
    each = []
    for at, (picked, drawn, test) in enumerate(halves):
        ways = [_grown(data, picked, test, sizes, learner), _grown(data, drawn, test, sizes, learner)]
        each.append(Trial(at, test, np.asarray(ways, np.float32)))
    return Trials(sizes, tuple(each))


def _grown(
    data: LabelledImages, rows: Rows, test: Rows, sizes: Iterable[int], learner: Learner
) -> list[NDArray[np.floating]]:
    """For each size the outputs (t, C) on the tested rows, of a scout fitted on the first so many of these rows."""
    outputs = []
    for size in sizes:
        head = fit_on(data, rows[:size], learner)
        outputs.append(head(data.embeddings[test]))
    return outputs


def _others(data: LabelledImages, rows: Rows, test: Rows) -> Rows:
    """Those of the rows whose patient is not tested."""
    return rows[~np.isin(data.patients[rows], data.patients[test])]


def growth(data: LabelledImages, learner: Learner, *, shares: tuple[float, ...], seed: int) -> Trials:
    """Scouts fitted on these shares of the labels, the oldest first, ending with 1; tested on held-out random images."""
    rng = np.random.default_rng(seed)
    everything = np.arange(len(data), dtype=np.int64)
    each = []
    for at in range(SEEDS):
        for _train, test in folds(data, data.random, FOLDS, int(rng.integers(2**31))):
            rows = _others(data, everything, test)
            sizes = [round(share * len(rows)) for share in shares]
            way = _grown(data, rows, test, sizes, learner)
            each.append(Trial(at, test, np.asarray([way], np.float32)))
    return Trials(np.round(np.array(shares) * len(data)).astype(np.int64), tuple(each))
