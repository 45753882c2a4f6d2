"""One learning curve: the same start, probe, batch and budget for every method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.model_selection import GroupShuffleSplit

from inference.engine import held_out
from inference.engine import outputs as engine
from inference.engine.heads import ScoutHead
from inference.engine.probability import calibrated, uncalibrated
from labeling.selection.pool import Pool
from labeling.selection.strategies import Strategy
from tests.bench.labels.data import Data

READERS = 3


@dataclass(frozen=True)
class Curve:
    """The metric (R,) after so many labels (R,), and how many of those were positive (R,)."""

    labels: NDArray[np.int64]
    values: NDArray[np.float64]
    positives: NDArray[np.int64]

    @property
    def area(self) -> float:
        """Mean height of the curve over its labels (AULC), in the metric's unit."""
        return float(np.trapezoid(self.values, self.labels) / (self.labels[-1] - self.labels[0]))

    def price(self, target: float) -> float:
        """The fewest labels whose value reaches the target; infinite where none does."""
        reached = np.flatnonzero(self.values >= target)
        return float(self.labels[reached[0]]) if len(reached) else np.inf


def curve(data: Data, strategy: Strategy, seed: int, flips: float = 0.0) -> Curve:
    """Label by a strategy, a batch at a time, and measure the product's own scout on the three tenths that are kept apart.

    Split, start and readers depend on the seed alone. `flips`: how often each of three readers errs; their majority is
    the label. Measured against the true answers.
    """
    train, test = next(GroupShuffleSplit(1, test_size=0.3, random_state=seed).split(data.X, groups=data.groups))
    X, said, groups, layout = data.X[train], _read(data, train, flips, seed), data.groups[train], engine_layout(data)
    known = np.random.default_rng([seed, 1]).permutation(len(train))[: data.start].astype(np.int64)
    labels, values, positives = [], [], []
    rng = np.random.default_rng([seed, 2])
    while True:
        answers = said[known].astype(np.float64)
        head = held_out.fit(X[known], answers, np.ones_like(answers), groups[known], layout)
        labels.append(len(known))
        values.append(measure(data, _answers(head, layout)(data.X[test]), data.Y[test]))
        positives.append(int((data.Y[train][known] == 1).any(axis=1).sum()))
        if len(known) >= data.budget:
            return Curve(np.array(labels), np.array(values), np.array(positives))
        pool = _pool(data, X, said, known, _answers(head, layout))
        known = np.concatenate([known, strategy(pool, data.batch, rng=rng).rows])


def engine_layout(data: Data) -> engine.OutputLayout:
    return engine.OutputLayout(
        tuple(engine.Output(output.finding, output.kind, output.options) for output in data.layout)
    )


def _answers(head: ScoutHead, layout: engine.OutputLayout) -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    return lambda X: calibrated(head.score(X), layout, uncalibrated(layout)).astype(np.float32)


def _pool(data: Data, X: NDArray[np.float32], said: NDArray[np.float32], known: NDArray[np.int64], answers) -> Pool:  # type: ignore[no-untyped-def]
    return Pool(
        answers(X), data.layout, embeddings=X.astype(np.float16), labelled=known, labels=said[known], head=answers
    )


def _read(data: Data, rows: NDArray[np.intp], flips: float, seed: int) -> NDArray[np.float32]:
    """The majority of three readers, each of whom names another answer with probability `flips`."""
    truth = data.Y[rows]
    if not flips:
        return truth
    rng, votes = np.random.default_rng([seed, 3]), []
    options = np.array([max(output.columns, 2) for output in data.layout])
    for _ in range(READERS):
        shift = (rng.random(truth.shape) < flips) * rng.integers(1, options, truth.shape)
        votes.append((truth + shift) % options)
    first, second, third = votes
    return np.where(second == third, second, first).astype(np.float32)


def measure(data: Data, said: NDArray[np.float32], truth: NDArray[np.float32]) -> float:
    """The data set's metric of probabilities (M, C) against answers (M, F)."""
    if data.metric == "accuracy":
        return float((said.argmax(axis=1) == truth[:, 0]).mean())
    if data.layout[0].kind == "categorical":
        return float(roc_auc_score(truth[:, 0], said, multi_class="ovr", average="macro"))
    score = average_precision_score if data.metric == "macro_ap" else roc_auc_score
    both = [column for column in range(truth.shape[1]) if len(np.unique(truth[:, column])) == 2]
    return float(np.mean([score(truth[:, column], said[:, column]) for column in both]))
