"""The same choice by modAL, by scikit-activeml and by bare NumPy, for `bin/bench select`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.selection.by_path import Answered
from tests.bench.choosing import FINDINGS, classes_of, outputs_path

Work = Callable[[], object]
MODAL = {"modal_margin": "margin", "modal_entropy": "entropy"}
SKACTIVEML = {
    "skactiveml_badge": "Badge",
    "skactiveml_bald": "GreedyBALD",
    "skactiveml_coreset": "CoreSet",
    "skactiveml_dropquery": "DropQuery",
    "skactiveml_maxherding": "MaxHerding",
    "skactiveml_typiclust": "TypiClust",
}
SUBSAMPLED, MEMBERS = "_subsampled", 10
PEERS = {
    "margin": ("modal_margin", "numpy_argpartition"),
    "entropy": ("modal_entropy",),
    "bald": ("skactiveml_bald",),
    "k_center": ("skactiveml_coreset", "skactiveml_coreset_subsampled"),
    "badge": ("skactiveml_badge", "skactiveml_badge_subsampled"),
    "typiclust": ("skactiveml_typiclust", "skactiveml_typiclust_subsampled"),
    "dropquery": ("skactiveml_dropquery", "skactiveml_dropquery_subsampled"),
    "maxherding": ("skactiveml_maxherding", "skactiveml_maxherding_subsampled"),
}
"""By strategy of ours, what others have of the same kind."""


def peer(system: str, folder: Path, size: int, n: int) -> Work:
    """What is to be timed: `system` choosing n of the files' images, with all that can be made ready beforehand."""
    if system in MODAL:
        return _modal(MODAL[system], folder, size, n)
    if system == "numpy_argpartition":
        return _bare(folder, size, n)
    return _skactiveml(system, folder, size, n)


def _modal(name: str, folder: Path, size: int, n: int) -> Work:
    """modAL's function, which takes the five probabilities for those of five classes, in float64 as scikit-learn's are."""
    from modAL import uncertainty

    query = getattr(uncertainty, f"{name}_sampling")
    said = np.load(outputs_path(folder, size)).astype(float)
    return partial(query, Answered(said), np.arange(size)[:, None], n_instances=n)


def _bare(folder: Path, size: int, n: int) -> Work:
    """The least that any ranking costs: one partition of one number an image."""
    values = np.ascontiguousarray(np.load(outputs_path(folder, size))[:, 0])
    return lambda: np.argpartition(values, n)[:n]


def _skactiveml(system: str, folder: Path, size: int, n: int) -> Work:
    """A class of scikit-activeml asked about five classes, its classifiers fitted already.

    `_subsampled`: within its SubSamplingWrapper, which hands on a tenth of the images (its default) and nothing else.
    """
    from skactiveml import pool

    X, y = classes_of(folder, size)
    strategy: Any = getattr(pool, SKACTIVEML[system.removesuffix(SUBSAMPLED)])(random_state=0)
    models = _models(strategy, X, y)
    if system.endswith(SUBSAMPLED):
        strategy = pool.SubSamplingWrapper(strategy, exclude_non_subsample=True, random_state=0)
    return partial(strategy.query, X=X, y=y, batch_size=n, **models)


def _models(strategy: Any, X: NDArray[np.float32], y: NDArray[np.float64]) -> dict[str, Any]:
    """The classifier, or the ten of an ensemble, that a strategy wants, fitted to the known rows."""
    wanted, known = signature(strategy.query).parameters, np.flatnonzero(~np.isnan(y))
    if "clf" in wanted:
        return {"clf": _fitted(X[known], y[known]), "fit_clf": False}
    if "ensemble" not in wanted:
        return {}
    rng = np.random.default_rng(2)
    lots = [rng.choice(known, len(known)) for _ in range(MEMBERS)]
    return {"ensemble": [_fitted(X[lot], y[lot]) for lot in lots], "fit_ensemble": False}


def _fitted(X: NDArray[np.float32], y: NDArray[np.float64]) -> Any:
    from skactiveml.classifier import SklearnClassifier
    from sklearn.linear_model import LogisticRegression

    model = SklearnClassifier(LogisticRegression(max_iter=500), classes=list(range(FINDINGS)), random_state=0)
    return model.fit(X, y)
