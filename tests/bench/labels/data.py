"""Data sets whose answers are known, as embeddings and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import FindingOutput

Metric = Literal["accuracy", "macro_ap", "macro_auroc"]


class Missing(Exception):
    """What a data set is made of is not on this machine; the text says what."""


@dataclass(frozen=True)
class Data:
    """N images: embeddings X (N, D), answers Y (N, F) of the layout's findings, an option by its index.

    `groups` (N,): patients, never on both sides of a split. `start`: labels drawn at random before the first query,
    `batch` a query's, `budget` all of them. `targets`: values of the metric whose price in labels is told.
    """

    name: str
    X: NDArray[np.float32]
    Y: NDArray[np.float32]
    layout: tuple[FindingOutput, ...]
    groups: NDArray[np.int64]
    metric: Metric
    targets: tuple[float, ...] = ()
    start: int = 10
    batch: int = 10
    budget: int = 200


def digits() -> Data:
    """scikit-learn's 1,797 handwritten digits, 8 x 8, one categorical finding of ten options."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    layout = (FindingOutput("digit", "categorical", options=tuple("0123456789")),)
    X = (X / 16).astype(np.float32)
    return Data("digits", X, y[:, None].astype(np.float32), layout, np.arange(len(y)), "accuracy", (0.85, 0.9, 0.93))


def digits_multilabel() -> Data:
    """2,000 images of one to three digits laid over one another, the brightest of each pixel: ten binary findings.

    Drawn with a seed of its own; the first digit is three times as frequent as the last, as findings are skewed.
    """
    source, rng = digits(), np.random.default_rng(5)
    share = 1 / np.sqrt(np.arange(1, 11))
    X, Y = np.zeros((2_000, source.X.shape[1]), np.float32), np.zeros((2_000, 10), np.float32)
    for row in range(len(X)):
        shown = rng.choice(10, rng.integers(1, 4), replace=False, p=share / share.sum())
        X[row] = np.max([source.X[rng.choice(np.flatnonzero(source.Y[:, 0] == each))] for each in shown], axis=0)
        Y[row, shown] = 1
    layout = tuple(FindingOutput(f"digit {number}") for number in range(10))
    return Data("digits_multilabel", X, Y, layout, np.arange(len(X)), "macro_ap", (0.75,))
