"""Data sets whose answers are known, as embeddings and answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import Output

Metric = Literal["accuracy", "macro_ap", "macro_auroc"]


class Absent(Exception):
    """What a data set is made of is not on this machine; the text says what is missing."""


@dataclass(frozen=True)
class Data:
    """N images: embeddings X (N, D), answers Y (N, F) of the layout's findings, an option by its index.

    `groups` (N,): patients, never on both sides of a split. `start`: labels drawn at random before the first query,
    `batch` a query's, `budget` all of them. `targets`: values of the metric whose price in labels is told.
    """

    name: str
    X: NDArray[np.float32]
    Y: NDArray[np.float32]
    layout: tuple[Output, ...]
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
    layout = (Output("digit", "categorical", options=tuple("0123456789")),)
    X = (X / 16).astype(np.float32)
    return Data("digits", X, y[:, None].astype(np.float32), layout, np.arange(len(y)), "accuracy", (0.85, 0.9, 0.93))


FREQUENCIES = np.array([0.5, 0.35, 0.25, 0.18, 0.13, 0.1, 0.08, 0.06, 0.05, 0.04])
"""How often each of ten digits is in a composed image: skewed, as findings are."""


def digits_multilabel() -> Data:
    """3,000 images of several digits laid over one another, ten binary findings of skewed frequency.

    Drawn from the digits with a seed of its own; an image whose lot holds no digit shows an eleventh pattern, noise alone.
    """
    source = digits()
    rng = np.random.default_rng(20_260)
    present = rng.random((3_000, 10)) < FREQUENCIES
    X = rng.normal(0, 0.05, (len(present), source.X.shape[1]))
    for number in range(10):
        of_it = np.flatnonzero(source.Y[:, 0] == number)
        rows = np.flatnonzero(present[:, number])
        X[rows] += source.X[rng.choice(of_it, len(rows))]
    layout = tuple(Output(f"digit {number}") for number in range(10))
    groups = np.arange(len(X))
    return Data(
        "digits_multilabel", X.astype(np.float32), present.astype(np.float32), layout, groups, "macro_ap", (0.75,)
    )
