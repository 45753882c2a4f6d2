"""Query functions and strategies of other libraries, named by dotted path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from inspect import isclass, signature
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.selection.pool import Picks, Pool
from labeling.selection.strategies import Strategy

Asked = tuple[NDArray[np.int64], Any, Any]
"""What a function or class returned: the rows (k,) it could choose from, positions among them, and their scores or None."""

# modAL's functions that pick what is lowest; its others pick what is highest.
LOWEST = ("margin_sampling", "min_confidence", "expected_error_reduction")


def by_path(path: str, classifier: object = None, **options: Any) -> Strategy:
    """A strategy from `package.module:name`: a query function in modAL's form, or a class in scikit-activeml's.

    A function is called as `(classifier, X, n_instances, **options)`. X (k, D) has the embeddings of the k rows that may be
    picked, in random order. Without a fitted classifier it gets one that answers with the pool's own probabilities. It
    returns positions in X, best first, or (positions, scores). modAL's functions take one finding with classes, those of
    modAL.multilabel several binary findings. For a class see `_of_class`. modAL draws from NumPy's global generator, which is
    seeded for the call and restored after it. The path is run as code: take it from an administrator only. Raises
    ValueError for a path that leads nowhere, and when called with a pool that it cannot choose from.
    """
    named = _load(path)
    ask: Callable[..., Asked] = _of_function
    if isclass(named):
        ask = _of_class

    def strategy(pool: Pool, n: int, *, rng: np.random.Generator) -> Picks:
        rows = pool.open
        n = min(n, len(rows))
        if n <= 0:
            return Picks.lowest(np.zeros(len(rows)), n, rng=rng)
        with _seeded(rng), _explained(path):
            asked = ask(named, pool, n, rng, classifier, options)
        return _picks(path, *asked, n)

    strategy.__name__ = path
    return strategy


class Answered:
    """A classifier that knows its probabilities (k, C) for the whole pool already. `exclusive`: only one class can be true."""

    def __init__(self, probabilities: NDArray[np.float64], exclusive: bool = True) -> None:
        self.probabilities = probabilities
        self.exclusive = exclusive

    def predict_proba(self, X: NDArray[Any], **_: object) -> NDArray[np.float64]:
        """The probabilities (k, C) of the pool's rows. Raises ValueError when asked of anything else than all rows."""
        if len(X) != len(self.probabilities):
            raise ValueError(f"{len(self.probabilities)} rows are answered, not {len(X)}: give by_path a classifier")
        return self.probabilities

    def predict(self, X: NDArray[Any], **_: object) -> NDArray[np.int64]:
        """The likeliest class (k,), or for several findings (k, C) whether each is likelier present than absent."""
        probabilities = self.predict_proba(X)
        if self.exclusive:
            return np.asarray(probabilities.argmax(axis=1), np.int64)
        return (probabilities > 0.5).astype(np.int64)


def _of_function(
    query: Callable[..., Any], pool: Pool, n: int, rng: np.random.Generator, classifier: object, options: dict[str, Any]
) -> Asked:
    # In random order, since modAL takes the first of equal rows.
    rows = rng.permutation(pool.open)
    # Without embeddings the row numbers stand in, for functions that look at nothing but the classifier's answers.
    X = rows[:, None] if pool.embeddings is None else pool.embedded(rows)
    module = getattr(query, "__module__", None) or ""
    if classifier is None:
        classifier = _answered(module, pool, rows)
    answer = query(classifier, X, n_instances=n, **options)
    positions: Any = answer
    scores: Any = None
    if isinstance(answer, tuple):
        positions, scores = answer[:2]
    # modAL hands back the best rows in no order; modAL.batch alone has chosen them one after the other.
    if module.startswith("modAL.") and module != "modAL.batch":
        if query.__name__ not in LOWEST:
            scores = -scores
        order = np.argsort(scores, kind="stable")
        return rows, positions[order], scores[order]
    return rows, positions, scores


def _of_class(
    named: Callable[..., Any], pool: Pool, n: int, rng: np.random.Generator, classifier: object, options: dict[str, Any]
) -> Asked:
    """Query a class that is made with `options` and a seed.

    It gets the embeddings of all rows and the answers to the pool's one finding. If it wants a classifier, it gets the one
    given or scikit-learn's logistic regression. Raises ValueError for a pool with other findings.
    """
    rows = pool.open
    X, y, classes = _training_data(pool)
    first = len(y) - len(rows)  # the labelled rows come before those to choose from
    query = named(**{"random_state": int(rng.integers(2**31))} | options).query
    # scikit-activeml's classes differ in what they ask for: each gets those of the arguments that it names.
    wanted = signature(query).parameters
    if "ensemble" in wanted:
        raise ValueError("it needs an ensemble, which a pool does not have: choose another")
    known = {"X": X, "y": y, "candidates": np.arange(first, len(y)), "batch_size": n}
    if models := {"clf", "estimator", "discriminator"} & set(wanted):
        known |= dict.fromkeys(models, _logistic(classes) if classifier is None else classifier)
    positions = query(**{name: value for name, value in known.items() if name in wanted})
    return rows, np.asarray(positions) - first, None


def _training_data(pool: Pool) -> tuple[NDArray[np.float32], NDArray[np.float64], list[int]]:
    """Embeddings (L + k, D) and answers (L + k,) of the L labelled rows and then the k open ones, and the classes.

    NaN is an answer that is unknown or none of the classes, such as 0.5 for "uncertain".
    """
    if len(pool.layout) != 1 or pool.layout[0].kind == "measurement":
        raise ValueError("it takes one finding with classes, and this pool has others")
    X = pool.embedded(np.concatenate([pool.known, pool.open]))
    y = np.full(len(X), np.nan)
    classes = list(range(max(pool.layout[0].columns, 2)))  # one column means two classes: absent and present
    if pool.labels is not None:
        answers = pool.labels[:, 0]
        y[: len(answers)] = np.where(np.isin(answers, classes), answers, np.nan)
    return X, y, classes


def _logistic(classes: list[int]) -> object:
    # Only here: neither library is needed where no strategy asks for a classifier.
    from sklearn.linear_model import LogisticRegression

    wrapped: Any = import_module("skactiveml.classifier").SklearnClassifier
    return wrapped(LogisticRegression(max_iter=500), classes=classes, random_state=0)


def _answered(module: str, pool: Pool, rows: NDArray[np.int64]) -> Answered:
    """The pool's outputs for these rows as a classifier. Raises ValueError if a function of the module would misread them."""
    kinds = {output.kind for output in pool.layout}
    several = len(pool.layout) > 1
    if not kinds:
        raise ValueError("this pool holds no outputs: draw at random until a head is trained")
    if "measurement" in kinds:
        raise ValueError("the spread of a measurement is not a probability: choose one of Overread's own strategies")
    if module.startswith("modAL.") and several != (module == "modAL.multilabel"):
        raise ValueError("modAL.multilabel is for several binary findings, modAL's other functions are for one finding")
    if module == "modAL.multilabel" and kinds != {"binary"}:
        raise ValueError("modAL.multilabel is for binary findings: choose one of Overread's own strategies")
    return Answered(_probabilities(pool, rows), exclusive=not several)


def _load(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"{path!r} is not package.module:name ({error})") from error
    if not callable(found) or (isclass(found) and not hasattr(found, "query")):
        raise ValueError(f"{path!r} names neither a query function nor a class with a query")
    query: Callable[..., Any] = found
    return query


def _probabilities(pool: Pool, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Probabilities (k, C), a column per class as in scikit-learn: a single binary finding becomes absent and present."""
    known = np.asarray(pool.outputs[rows], dtype=np.float64)
    if known.shape[1] > 1:
        return known
    return np.hstack([1 - known, known])


@contextmanager
def _seeded(rng: np.random.Generator) -> Iterator[None]:
    """NumPy's global generator, seeded from `rng` inside and as it was before afterwards."""
    before = np.random.get_state()
    np.random.seed(rng.integers(2**32, dtype=np.uint32))
    try:
        yield
    finally:
        np.random.set_state(before)


@contextmanager
def _explained(path: str) -> Iterator[None]:
    """Turns whatever another library raises into a ValueError that names the path."""
    try:
        yield
    except Exception as error:
        raise ValueError(f"{path} does not work here: {error}") from error


def _picks(path: str, rows: NDArray[np.int64], positions: Any, scores: Any, n: int) -> Picks:
    """The picks in what was returned. Raises ValueError for a wrong answer, which would queue the wrong images.

    If the scores do not rise from pick to pick, the picks' places stand in for them.
    """
    positions = np.atleast_1d(positions)
    if not np.issubdtype(positions.dtype, np.integer) or positions.shape != (n,) or len(set(positions.tolist())) < n:
        raise ValueError(f"{path} was asked for {n} different rows and answered {positions.shape} {positions.dtype}")
    if positions.min() < 0 or positions.max() >= len(rows):
        raise ValueError(f"{path} picked a row outside the {len(rows)} it was given")
    ranks = np.arange(n, dtype=np.float64)
    if scores is not None and np.size(scores) == n:
        given = np.reshape(scores, n).astype(np.float64)
        if (np.diff(given) >= 0).all():
            ranks = given
    return Picks(rows=rows[positions], scores=ranks)
