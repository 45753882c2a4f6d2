"""The shortcut report: does a model, or even ridge regression, read the frame of an image instead of the patient?

Markers, collimation and text differ between sites, and can give a label away (DeGrave et al., Nature Machine Intelligence
2021). Four AUROCs per finding stand beside the whole image's: the model's when only the outer tenth is left, or only what
lies inside it, and ridge regression's on that frame and on the whole image. A high AUROC of the frame says that labels
leak there, not that the model uses it.
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
from inference.engine.session import ModelSession
from training.engine.scoring import BATCH, aurocs

FRAME = 0.1  # of the side, on each side
PROBE_SIZE = 32  # pixels; enough for markers and collimation, few enough for ridge regression on hundreds of images
FOLDS = 5
RIDGE_ALPHA = 100.0  # strong, since there are more pixels than cases


def border_only(images: NDArray[np.uint8], preparation: Preparation) -> NDArray[np.uint8]:
    """uint8 (N, S, S[, 3]) → the same with all but the outer tenth of each side at the input's mean."""
    return np.asarray(np.where(_frame_mask(preparation, images.ndim), images, _mean_pixel(preparation)), np.uint8)


def central_only(images: NDArray[np.uint8], preparation: Preparation) -> NDArray[np.uint8]:
    """uint8 (N, S, S[, 3]) → the same with the outer tenth of each side at the input's mean."""
    return np.asarray(np.where(_frame_mask(preparation, images.ndim), _mean_pixel(preparation), images), np.uint8)


def shortcut_report(
    bundle: Bundle, images: NDArray[np.uint8], labels: NDArray[np.float32], groups: NDArray[np.str_]
) -> dict[str, dict[str, float]]:
    """AUROC per binary finding of `whole`, `border_only`, `central_only`, `linear_border` and `linear_whole`.

    For prepared images uint8 (N, S, S[, 3]) that the model has not trained on, their labels (N, F), NaN where unknown,
    and patients (N,). The linear probes are fitted here, five-fold by patient. A figure is left out where a class is
    absent or patients are too few.
    """
    card = bundle.card
    session = ModelSession(bundle)
    report: dict[str, dict[str, float]] = {output.name: {} for output in card.layout if output.kind == "binary"}
    views = {
        "whole": images,
        "border_only": border_only(images, card.preparation),
        "central_only": central_only(images, card.preparation),
    }
    for view, pixels in views.items():
        for name, area in aurocs(_logits(session, pixels), labels, card.layout).items():
            report[name][view] = area
    for view, features in _probe_features(images).items():
        for index, output in enumerate(card.layout):
            if output.kind != "binary":
                continue
            probe_auroc = linear_probe(features, labels[:, index], groups)
            if probe_auroc is not None:
                report[output.name][view] = probe_auroc
    return report


def linear_probe(features: NDArray[np.float32], labels: NDArray[np.float32], groups: NDArray[np.str_]) -> float | None:
    """Out-of-fold AUROC of ridge regression on pixels (N, P), five-fold by patient.

    labels (N,), NaN where unknown; groups (N,) patients. None where a class or the patients are fewer than the folds.
    """
    known = ~np.isnan(labels)
    truth = labels[known] >= 0.5
    patients = groups[known]
    smaller_class = min(truth.sum(), (~truth).sum())
    if smaller_class < FOLDS or len(np.unique(patients)) < FOLDS:
        return None
    model = make_pipeline(StandardScaler(), RidgeClassifier(alpha=RIDGE_ALPHA))
    # By patient: two images of one patient look alike, and would let the probe recognise the patient.
    scores = cross_val_predict(
        model, features[known], truth, groups=patients, cv=GroupKFold(FOLDS), method="decision_function"
    )
    return auroc(labels[known], scores)


def _logits(session: ModelSession, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, K) logits. A few images at a time: normalised, they take four times their memory."""
    parts = []
    for start in range(0, len(images), BATCH):
        normalised = session.card.preparation.normalise(images[start : start + BATCH])
        parts.append(session.run(normalised).logits)
    return np.concatenate(parts)


def _probe_features(images: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
    """The pixels of the frame and of the whole image at PROBE_SIZE², grey, 0 to 1: float32 (N, P)."""
    small = np.empty((len(images), PROBE_SIZE, PROBE_SIZE), np.float32)
    for row, image in enumerate(images):
        grey = Image.fromarray(image).convert("L")
        small[row] = np.asarray(grey.resize((PROBE_SIZE, PROBE_SIZE), Image.Resampling.BOX), np.float32)
    small /= np.float32(255)
    return {"linear_border": small[:, _frame(PROBE_SIZE)], "linear_whole": small.reshape(len(small), -1)}


def _frame(size: int) -> NDArray[np.bool_]:
    """(S, S), true in the outer tenth of each side."""
    width = max(1, round(size * FRAME))
    frame = np.ones((size, size), bool)
    frame[width:-width, width:-width] = False
    return frame


def _frame_mask(preparation: Preparation, dimensions: int) -> NDArray[np.bool_]:
    """The frame, shaped to broadcast over images of that many dimensions."""
    frame = _frame(preparation.size)
    if dimensions == 4:
        return frame[..., None]
    return frame


def _mean_pixel(preparation: Preparation) -> NDArray[np.uint8]:
    """The input's mean as 8 bits: () for one channel, (3,) for three. It becomes 0 when normalised."""
    levels = np.rint(np.asarray(preparation.mean) * 255).astype(np.uint8)
    if preparation.channels == 1:
        levels = levels[0]
    return np.asarray(levels)
