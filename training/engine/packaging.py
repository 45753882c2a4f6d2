"""From trained weights to a model version: graph, parity, calibration, thresholds, intervals, sets, metrics."""

from dataclasses import asdict
from typing import Any

import numpy as np

from inference.engine import basis, calibration, intervals, prediction_sets, thresholds, weights
from inference.engine.bundle import Bundle, Card
from inference.engine.digest import sha256_of
from inference.engine.network import Network
from inference.engine.onnx_export import export, parity
from inference.engine.probability import Calibration, calibrated
from training.engine.dataset import Split, TrainingSet
from training.engine.initial_weights import fold_standardisation
from training.engine.results import Fitted
from training.engine.scoring import figures, logits_of

PARITY_CASES = 4  # more than one, so that a graph with a fixed batch size would be noticed


def package(fitted: Fitted, data: TrainingSet) -> Bundle:
    """The bundle of a fitted network. To be called once: it changes the head to answer in the measurements' units.

    Calibration, thresholds, intervals and sets come from the calibration split alone. Raises ParityLost when the exported
    graph answers otherwise than the network.
    """
    recipe = fitted.recipe
    network = fitted.network
    fold_standardisation(network, fitted.criterion)
    packed = weights.pack(network.state_dict())
    graph = export(network, recipe.channels, recipe.size)
    difference = parity(network, graph, data.preparation.normalise(data.images[:PARITY_CASES]))
    # On the calibration split: on the cases it was fitted to, a network is surer than it is right.
    rows = data.rows(Split.CALIBRATION)
    labels = data.labels[rows].astype(np.float64)
    case_weights = data.weights[rows].astype(np.float64)
    logits = logits_of(network, data, rows)
    calibrations = calibration.fit(logits.astype(np.float64), labels, case_weights, data.layout)
    predictions = calibrated(logits, data.layout, calibrations)
    policy = recipe.threshold_policy()
    card = Card(
        architecture=recipe.architecture,
        layout=data.layout,
        preparation=data.preparation,
        calibrations=calibrations,
        thresholds=thresholds.choose(predictions, labels, case_weights, data.layout, policy=policy),
        weights_sha256=sha256_of(packed),
        onnx_sha256=sha256_of(graph),
        facts=_facts(fitted, data, _metrics(network, data, calibrations), difference),
        intervals=intervals.fit(predictions, labels, case_weights, data.layout, coverage=recipe.coverage),
        basis=basis.basis_of(labels, case_weights, data.layout),
        sets=prediction_sets.fit(predictions, labels, case_weights, data.layout, coverage=recipe.coverage),
        threshold_policy=policy,
    )
    return Bundle(card, packed, graph)


def _metrics(network: Network, data: TrainingSet, calibrations: tuple[Calibration, ...]) -> dict[str, Any]:
    """Metrics per split. Those of the training split say nothing about new patients and are left out."""
    metrics = {}
    for split in (Split.VALIDATION, Split.CALIBRATION):
        rows = data.rows(split)
        predictions = calibrated(logits_of(network, data, rows), data.layout, calibrations)
        metrics[split.name.lower()] = figures(predictions, data.labels[rows], data.layout)
    return metrics


def _facts(fitted: Fitted, data: TrainingSet, metrics: dict[str, Any], difference: float) -> dict[str, Any]:
    """What the card tells in plain JSON. The keys are part of stored cards and keep their names."""
    cases: dict[str, Any] = {"sha256": data.fingerprint}
    for split in Split:
        cases[split.name.lower()] = len(data.rows(split))
    return {
        "recipe": fitted.recipe.to_dict(),
        "data": cases,
        "history": [asdict(epoch) for epoch in fitted.history],
        "kept_epoch": fitted.best_epoch,
        "metrics": metrics,
        "onnx_difference": difference,
    }
