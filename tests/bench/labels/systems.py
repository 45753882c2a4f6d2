"""Every method that the yardstick compares, by the name its rows carry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from inference.engine import held_out
from inference.engine import outputs as engine
from inference.engine.probability import calibrated, uncalibrated
from labeling.selection import strategies
from labeling.selection.by_path import by_path
from labeling.selection.strategies import Strategy
from tests.bench.labels.data import Data
from tests.bench.rows import OURS

DEFAULT = "uherding"
MODAL = {"modal_margin": "margin", "modal_entropy": "entropy", "modal_uncertainty": "uncertainty"}
MODAL_MULTILABEL = ("avg_confidence", "min_confidence", "avg_score")
SKACTIVEML = ("MaxHerding", "TypiClust", "Badge", "Falcun", "CoreSet", "DropQuery", "ProbCover", "UncertaintySampling")


def systems(data: Data) -> dict[str, Callable[[], Strategy]]:
    """Name → what makes the method: ours, `overread` being the default; modAL's; scikit-activeml's where it can take part,
    which is with one finding that has classes."""
    found: dict[str, Callable[[], Strategy]] = {OURS: lambda: strategies.get(DEFAULT), "random": _ours("random")}
    for name in strategies.names():
        if name not in (DEFAULT, "random"):
            found[f"{OURS}_{name}"] = _ours(name)
    if len(data.layout) > 1:
        return found | {f"modal_{name}": _path(f"modAL.multilabel:{name}") for name in MODAL_MULTILABEL}
    found |= {name: _path(f"modAL.uncertainty:{of}_sampling") for name, of in MODAL.items()}
    probe = _scikit_activeml_probe(data)
    for name in SKACTIVEML:
        options: dict[str, Any] = {"method": "margin_sampling"} if name == "UncertaintySampling" else {}
        found[f"skactiveml_{name.lower()}"] = _path(f"skactiveml.pool:{name}", probe, **options)
    return found


def _ours(name: str) -> Callable[[], Strategy]:
    return lambda: strategies.get(name)


def _path(path: str, classifier: object = None, **options: Any) -> Callable[[], Strategy]:
    return lambda: by_path(path, classifier, **options)


class Probe(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """The scout as scikit-learn has classifiers, so that peers ask the very probe that is measured."""

    def __init__(self, layout: engine.OutputLayout | None = None) -> None:
        self.layout = layout

    def fit(self, X: NDArray[np.float32], y: NDArray[Any], sample_weight: object = None) -> Probe:
        assert self.layout is not None
        self.classes_ = np.arange(max(self.layout.width, 2))
        answers = np.asarray(y, np.float64)[:, None]
        self.head_ = held_out.fit(X, answers, np.ones_like(answers), np.arange(len(X)), self.layout)
        return self

    def predict_proba(self, X: NDArray[np.float32]) -> NDArray[np.float64]:
        assert self.layout is not None
        said = calibrated(self.head_.score(X), self.layout, uncalibrated(self.layout))
        return np.hstack([1 - said, said]) if said.shape[1] == 1 else said

    def predict(self, X: NDArray[np.float32]) -> NDArray[np.int64]:
        return self.predict_proba(X).argmax(axis=1)


def _scikit_activeml_probe(data: Data) -> object:
    from skactiveml.classifier import SklearnClassifier

    from tests.bench.labels.protocol import engine_layout

    layout = engine_layout(data)
    return SklearnClassifier(Probe(layout), classes=list(range(max(layout.width, 2))), random_state=0)
