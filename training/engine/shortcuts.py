"""Whether a model, or even a straight line, reads the frame of an image instead of the patient.

Four numbers per finding beside the whole image's AUROC: what the same model scores when only the outer tenth, or only
what lies inside it, is left, and what ridge regression makes of that frame and of the whole image (why: DeGrave et al.,
Nature Machine Intelligence 2021). A high score of the frame says the labels leak there, not that the model uses it.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from inference.engine.bundle import Bundle
from inference.engine.metrics import auroc
from inference.engine.preparation import Preparation
from inference.engine.session import Session
from training.engine.scoring import BATCH, aurocs

FRAME = 0.1  # of the side, on each side
PROBE_SIZE = 32
FOLDS = 5


def border_only(images: NDArray[np.uint8], preparation: Preparation) -> NDArray[np.uint8]:
    """(N, S, S[, 3]) → the same with all but the outer tenth of each side at the input's mean."""
    return np.asarray(np.where(_frame(preparation, images.ndim), images, _blank(preparation)), np.uint8)


def central_only(images: NDArray[np.uint8], preparation: Preparation) -> NDArray[np.uint8]:
    """(N, S, S[, 3]) → the same with the outer tenth of each side at the input's mean."""
    return np.asarray(np.where(_frame(preparation, images.ndim), _blank(preparation), images), np.uint8)


def shortcut_report(
    bundle: Bundle, images: NDArray[np.uint8], labels: NDArray[np.float32], groups: NDArray[np.str_]
) -> dict[str, dict[str, float]]:
    """AUROC per binary finding of `whole`, `border_only`, `central_only`, `linear_border` and `linear_whole`.

    For prepared images (N, S, S[, 3]) the model has not trained on, their labels (N, F) and patients (N,). The linear
    probes are fitted here, five-fold by patient. A figure is left out where a class is absent or patients are too few.
    """
    card, session = bundle.card, Session(bundle)
    views = {
        "whole": images,
        "border_only": border_only(images, card.preparation),
        "central_only": central_only(images, card.preparation),
    }
    report: dict[str, dict[str, float]] = {output.name: {} for output in card.layout if output.kind == "binary"}
    for view, pixels in views.items():
        for name, area in aurocs(_logits(session, pixels), labels, card.layout).items():
            report[name][view] = area
    for view, features in _probe_features(images).items():
        for index, output in enumerate(card.layout):
            probed = linear_probe(features, labels[:, index], groups) if output.kind == "binary" else None
            if probed is not None:
                report[output.name][view] = probed
    return report


def linear_probe(features: NDArray[np.float32], labels: NDArray[np.float32], groups: NDArray[np.str_]) -> float | None:
    """Out-of-fold AUROC of ridge regression on (N, P) pixels, five-fold by patient; None where it can't be had."""
    known = ~np.isnan(labels)
    truth, patients = labels[known] >= 0.5, groups[known]
    if min(truth.sum(), (~truth).sum()) < FOLDS or len(np.unique(patients)) < FOLDS:
        return None
    model = make_pipeline(StandardScaler(), RidgeClassifier(alpha=100.0))
    scores = cross_val_predict(
        model, features[known], truth, groups=patients, cv=GroupKFold(FOLDS), method="decision_function"
    )
    return auroc(labels[known], scores)


def _logits(session: Session, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, K), a few prepared images at a time."""
    parts = (images[start : start + BATCH] for start in range(0, len(images), BATCH))
    return np.concatenate([session.run(session.card.preparation.normalise(part)).logits for part in parts])


def _probe_features(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """The frame's pixels and all pixels of the images at PROBE_SIZE², grey, 0 to 1."""
    grey = (
        Image.fromarray(image).convert("L").resize((PROBE_SIZE, PROBE_SIZE), Image.Resampling.BOX) for image in images
    )
    small = np.stack([np.asarray(image, np.float32) for image in grey]) / np.float32(255)
    frame = _inside(PROBE_SIZE)
    return {"linear_border": small[:, frame], "linear_whole": small.reshape(len(small), -1)}


def _inside(size: int) -> NDArray[np.bool_]:
    """(S, S), true in the outer tenth."""
    width = max(1, round(size * FRAME))
    frame = np.ones((size, size), bool)
    frame[width:-width, width:-width] = False
    return frame


def _frame(preparation: Preparation, dimensions: int) -> NDArray[np.bool_]:
    frame = _inside(preparation.size)
    return frame[..., None] if dimensions == 4 else frame


def _blank(preparation: Preparation) -> NDArray[np.uint8]:
    levels = np.rint(np.asarray(preparation.mean) * 255).astype(np.uint8)
    return np.asarray(levels[0] if preparation.channels == 1 else levels)
