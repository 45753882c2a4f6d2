"""From trained weights to a model version: graph, parity, calibration, thresholds, figures."""

from dataclasses import asdict

import numpy as np

from inference.engine import calibration, intervals, thresholds, weights
from inference.engine.bundle import Bundle, Card
from inference.engine.digest import sha256_of
from inference.engine.onnx_export import export, parity
from inference.engine.probability import calibrated
from training.engine.dataset import Split, TrainingSet
from training.engine.initial_weights import fold_standardisation
from training.engine.loop import Fitted
from training.engine.scoring import figures, logits_of

PARITY_CASES = 4


def package(fitted: Fitted, data: TrainingSet) -> Bundle:
    """The bundle of a fitted network; to be called once, since it turns the head to the measurements' units.

    Calibration, thresholds and intervals come from the calibration split alone. Raises ParityLost when the exported graph answers
    otherwise than the network.
    """
    recipe, network, layout = fitted.recipe, fitted.network, data.layout
    fold_standardisation(network, fitted.criterion)
    packed = weights.pack(network.state_dict())
    graph = export(network, recipe.channels, recipe.size)
    difference = parity(network, graph, data.preparation.normalise(data.images[:PARITY_CASES]))
    rows = data.rows(Split.CALIBRATION)
    labels, shares = data.labels[rows].astype(np.float64), data.weights[rows].astype(np.float64)
    logits = logits_of(network, data, rows)
    lines = calibration.fit(logits.astype(np.float64), labels, shares, layout)
    answers = calibrated(logits, layout, lines)
    limits = thresholds.choose(answers, labels, shares, layout, sensitivity=recipe.sensitivity or None)
    spans = intervals.fit(answers, labels, shares, layout, coverage=recipe.coverage)
    metrics = {}
    for split in (Split.VALIDATION, Split.CALIBRATION):
        rows = data.rows(split)
        answers = calibrated(logits_of(network, data, rows), layout, lines)
        metrics[split.name.lower()] = figures(answers, data.labels[rows], layout)
    facts = {
        "recipe": recipe.to_dict(),
        "data": {"sha256": data.fingerprint, **{split.name.lower(): len(data.rows(split)) for split in Split}},
        "history": [asdict(epoch) for epoch in fitted.history],
        "kept_epoch": fitted.best_epoch,
        "metrics": metrics,
        "onnx_difference": difference,
    }
    card = Card(
        architecture=recipe.architecture,
        layout=layout,
        preparation=data.preparation,
        calibrations=lines,
        thresholds=limits,
        weights_sha256=sha256_of(packed),
        onnx_sha256=sha256_of(graph),
        facts=facts,
        intervals=spans,
    )
    return Bundle(card, packed, graph)
