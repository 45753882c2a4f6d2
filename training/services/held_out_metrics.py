"""How good a model is on the labelled patients of the reference set: the figures of its model card."""

from __future__ import annotations

from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.engine import metrics
from inference.engine.bundle import Bundle, Card
from inference.engine.session import ModelSession
from training.engine.scoring import figures
from training.services.training_data import HeldOutCases

Floats = NDArray[np.floating]


def held_out_metrics(bundle: Bundle, cases: HeldOutCases) -> dict[str, Any]:
    """Images, patients, and per finding its metrics on patients the model never saw.

    A binary finding has AUROC and calibration, sensitivity, specificity and the like at the model's threshold, and the share
    of labels that its set holds, how often it abstains, and its accuracy on what it answers beside that on all. A
    measurement has its mean absolute error, and the share of labels that its interval covers.
    """
    session = ModelSession(bundle)
    card = bundle.card
    predictions = session.probabilities(session.run(card.preparation.normalise(cases.images)).logits)
    findings = figures(predictions, cases.labels, card.layout)
    for column, (output, place) in enumerate(zip(card.layout, card.layout.slices, strict=True)):
        findings[output.name] |= _metrics_of_output(
            card, output.name, predictions[:, place.start], cases.labels[:, column]
        )
    patients = len(set(cases.patients.tolist()))
    return {"images": len(cases.images), "patients": patients, "findings": findings}


def _metrics_of_output(card: Card, name: str, predictions: Floats, labels: Floats) -> dict[str, float]:
    """What follows from the card's threshold, set or interval. Empty for a categorical finding."""
    if name in card.thresholds:
        return metrics.at_threshold(labels, predictions, card.thresholds[name]) | _metrics_of_set(
            card, name, predictions, labels
        )
    if name in card.intervals:
        covered = metrics.coverage(labels, predictions, card.intervals[name].half)
        return {} if isnan(covered) else {"covered": covered}
    return {}


def _metrics_of_set(card: Card, name: str, predictions: Floats, labels: Floats) -> dict[str, float]:
    """Empty without a set. An empty set does not hold the truth, whatever it is: that is what the coverage promises."""
    limits = card.sets.get(name)
    if limits is None:
        return {}
    threshold = card.thresholds[name]
    found = metrics.answered(labels, *limits.answers(predictions, threshold), predictions >= threshold)
    present, absent = limits.holds(predictions)
    for truth, held, key in ((1, present, "covered_positives"), (0, absent, "covered_negatives")):
        if (labels == truth).any():
            found[key] = float(held[labels == truth].mean())
    if found:
        found["covered"] = float(np.where(labels == 1, present, absent)[(labels == 1) | (labels == 0)].mean())
    return found
