"""What a network answers on cases, and plain figures of how well. Comparisons and intervals are the gate's."""

from math import isnan
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from inference.engine import metrics
from inference.engine.network import Network
from inference.engine.outputs import OutputLayout
from training.engine.dataset import TrainingSet
from training.engine.losses import Criterion

BATCH = 64


def logits_of(network: Network, data: TrainingSet, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    """(n, K) logits of these cases by the network in evaluation mode, on the device it is on."""
    device = next(network.parameters()).device
    network.eval()
    parts = [np.zeros((0, data.layout.width), np.float32)]
    with torch.inference_mode():
        for start in range(0, len(rows), BATCH):
            images = torch.from_numpy(data.preparation.normalise(data.images[rows[start : start + BATCH]]))
            parts.append(network(images.to(device, memory_format=torch.channels_last)).logits.float().cpu().numpy())
    return np.concatenate(parts)


def loss_of(
    criterion: Criterion, logits: NDArray[np.float32], labels: NDArray[np.float32], weights: NDArray[np.float32]
) -> tuple[float, float] | None:
    """The mean loss and its standard error over the known labels; None where there is none."""
    shares = np.where(np.isnan(labels), 0.0, weights)
    if not shares.sum():
        return None
    terms = criterion.terms(torch.from_numpy(logits), torch.from_numpy(labels)).numpy().astype(np.float64)
    mean = float((terms * shares).sum() / shares.sum())
    return mean, float(np.sqrt((shares**2 * (terms - mean) ** 2).sum()) / shares.sum())


def aurocs(
    scores: NDArray[np.floating[Any]], labels: NDArray[np.floating[Any]], layout: OutputLayout
) -> dict[str, float]:
    """The AUROC of each binary finding that has both classes among (N, F) labels, from (N, K) scores."""
    found = {
        output.name: metrics.auroc(labels[:, index], scores[:, place.start])
        for index, (output, place) in enumerate(zip(layout, layout.slices, strict=True))
        if output.kind == "binary"
    }
    return {name: value for name, value in found.items() if not isnan(value)}


def figures(
    answers: NDArray[np.float64], labels: NDArray[np.float32], layout: OutputLayout
) -> dict[str, dict[str, float]]:
    """Per finding: how many are known, and AUROC, Brier score, ECE and its bins, accuracy, or mean absolute error."""
    areas = aurocs(answers, labels, layout)
    table = {}
    for index, (output, place) in enumerate(zip(layout, layout.slices, strict=True)):
        known = ~np.isnan(labels[:, index])
        given, truth = answers[known, place], labels[known, index].astype(np.float64)
        row = {"known_count": float(known.sum())}
        if output.kind == "binary" and len(truth):
            row["positive_count"] = float((truth >= 0.5).sum())
            row["brier"] = metrics.brier(truth, given[:, 0])
            row["ece"] = metrics.expected_calibration_error(truth, given[:, 0])
            row["ece_bins"] = float(metrics.CALIBRATION_BINS)
            row["ece_15"] = metrics.expected_calibration_error(truth, given[:, 0], bins=15)
            row |= {"auroc": areas[output.name]} if output.name in areas else {}
        elif output.kind == "categorical" and len(truth):
            row["accuracy"] = float((given.argmax(1) == truth).mean())
        elif len(truth):
            row["mean_absolute_error"] = metrics.mean_absolute_error(truth, given[:, 0])
        table[output.name] = row
    return table
