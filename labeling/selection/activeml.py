"""Strategies as scikit-activeml has them: classes with a `query`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import Pool

Asked = tuple[NDArray[np.int64], Any, Any]
"""What was answered: the rows (k,) that were shown, positions among them, and their scores or None."""


def of_class(
    named: Callable[..., Any], pool: Pool, n: int, rng: np.random.Generator, classifier: object, options: dict[str, Any]
) -> Asked:
    """Ask a class, made with `options` and a seed, with the embeddings of all rows, the answers to the pool's one finding and,
    where it wants a classifier, the one given or scikit-learn's logistic regression. Raises ValueError for another pool.
    """
    rows, (X, y, classes) = pool.open, _learnt(pool)
    query = named(**{"random_state": int(rng.integers(2**31))} | options).query
    wanted = signature(query).parameters
    known = {"X": X, "y": y, "candidates": np.arange(len(y) - len(rows), len(y)), "batch_size": n}
    if models := {"clf", "estimator", "discriminator"} & set(wanted):
        known |= dict.fromkeys(models, _logistic(classes) if classifier is None else classifier)
    if "ensemble" in wanted:
        raise ValueError("it wants an ensemble, which a pool does not hold: name another")
    positions = query(**{name: value for name, value in known.items() if name in wanted})
    return rows, np.asarray(positions) - (len(y) - len(rows)), None


def _learnt(pool: Pool) -> tuple[NDArray[np.float32], NDArray[np.float64], list[int]]:
    """All rows that matter, the labelled ones first: embeddings (L + k, D), answers (L + k,), and the classes.

    NaN stands for an answer that is not known, or is none of the classes, as one half for "uncertain".
    """
    if len(pool.layout) != 1 or pool.layout[0].kind == "measurement":
        raise ValueError("it takes one finding with classes, and this pool has others")
    X = pool.embedded(np.concatenate([pool.known, pool.open]))
    y, classes = np.full(len(X), np.nan), list(range(max(pool.layout[0].columns, 2)))
    if pool.labels is not None:
        said = pool.labels[:, 0]
        y[: len(said)] = np.where(np.isin(said, classes), said, np.nan)
    return X, y, classes


def _logistic(classes: list[int]) -> object:
    from sklearn.linear_model import LogisticRegression

    wrapped: Any = import_module("skactiveml.classifier").SklearnClassifier
    return wrapped(LogisticRegression(max_iter=500), classes=classes, random_state=0)
