"""Query functions of other libraries as strategies, named by dotted path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.selection.picks import Picks
from labeling.selection.pool import Pool
from labeling.selection.strategies import Strategy


def by_path(path: str, classifier: object = None, **options: Any) -> Strategy:
    """A strategy from `package.module:function` with modAL's signature `(classifier, X, n_instances, **options)`.

    The function gets the embeddings (k, D) of the k rows that may be picked, and a fitted classifier; where none is
    given, one that answers with the pool's own probabilities. It returns positions in X, or (positions, scores).
    NumPy's global generator, which modAL draws from, is seeded for the call and put back after it. What the path
    names is run as code: take it from an administrator only. Raises ValueError for a path that leads nowhere.
    """
    query = _load(path)

    def strategy(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
        rows = np.arange(len(pool)) if pool.excluded is None else np.flatnonzero(~pool.excluded)
        n = min(n, len(rows))
        if n == 0:
            return Picks.lowest(np.empty(0), 0, rng=rng)
        X = rows[:, None] if pool.embeddings is None else pool.embeddings[rows]
        with _seeded(rng):
            answer = query(classifier or Answered(_probabilities(pool, rows)), X, n_instances=n, **options)
        return _picks(path, answer, rows, n)

    strategy.__name__ = path
    return strategy


class Answered:
    """A classifier whose probabilities (k, C) of the whole pool are already known."""

    def __init__(self, probabilities: NDArray[np.float64]) -> None:
        self.probabilities = probabilities

    def predict_proba(self, X: NDArray[Any], **_: object) -> NDArray[np.float64]:
        """The probabilities (k, C) of the pool's rows. Raises ValueError when asked of anything else than all rows."""
        if len(X) != len(self.probabilities):
            raise ValueError(f"{len(self.probabilities)} rows are answered, not {len(X)}: give by_path a classifier")
        return self.probabilities


def _load(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"{path!r} is not package.module:function ({error})") from error
    if not callable(found):
        raise ValueError(f"{path!r} names no function")
    query: Callable[..., Any] = found
    return query


def _probabilities(pool: Pool, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """One column a class, as scikit-learn answers: a single binary finding becomes absent and present."""
    known = np.asarray(pool.outputs[rows], dtype=np.float64)
    return np.hstack([1 - known, known]) if known.shape[1] == 1 else known


@contextmanager
def _seeded(rng: np.random.Generator) -> Iterator[None]:
    before = np.random.get_state()
    np.random.seed(rng.integers(2**32, dtype=np.uint32))
    try:
        yield
    finally:
        np.random.set_state(before)


def _picks(path: str, answer: Any, rows: NDArray[np.intp], n: int) -> Picks:
    """Read the function's answer; a wrong one raises ValueError, since it would queue the wrong images."""
    positions, scores = answer[:2] if isinstance(answer, tuple) else (answer, None)
    positions = np.atleast_1d(positions)
    if not np.issubdtype(positions.dtype, np.integer) or positions.shape != (n,) or len(set(positions.tolist())) < n:
        raise ValueError(f"{path} was asked for {n} different rows and answered {positions.shape} {positions.dtype}")
    if positions.min() < 0 or positions.max() >= len(rows):
        raise ValueError(f"{path} picked a row outside the {len(rows)} it was given")
    ranks = np.arange(n) if np.size(scores) != n else np.reshape(scores, n)
    return Picks(rows=rows[positions].astype(np.int64), scores=ranks.astype(np.float64))
