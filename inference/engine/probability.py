"""From a head's logits to what is shown: calibrated probabilities and values. NumPy only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout


@dataclass(frozen=True)
class Calibration:
    """One output's calibration: calibrated logit = slope · logit + offset.

    Platt's two parameters for a binary finding, 1 / temperature and 0 for options. The slope is above 0, so calibration
    never reorders cases. Stored in model cards under these names. Raises ValueError for other numbers.
    """

    slope: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.slope < np.inf and np.isfinite(self.offset)):
            raise ValueError("A calibration has a finite slope above zero and a finite offset.")


def uncalibrated(layout: OutputLayout) -> tuple[Calibration, ...]:
    """For every output the calibration that changes nothing."""
    return (Calibration(),) * len(layout)


def calibrated(
    logits: NDArray[np.floating], layout: OutputLayout, calibrations: tuple[Calibration, ...]
) -> NDArray[np.float64]:
    """Logits (N, K) → predictions float64 (N, K).

    A probability per binary finding and per option, 0 to 1, and a value in its unit per measurement. Raises ValueError
    for another shape.
    """
    if logits.ndim != 2 or logits.shape[1] != layout.width:
        raise ValueError(f"{layout.width} logits per image were expected, not an array of {logits.shape}.")
    predictions = np.empty(logits.shape, np.float64)
    for output, columns, calibration in zip(layout, layout.slices, calibrations, strict=True):
        scores = logits[:, columns].astype(np.float64) * calibration.slope + calibration.offset
        if output.kind == "binary":
            scores = sigmoid(scores)
        elif output.kind == "categorical":
            scores = softmax(scores)
        predictions[:, columns] = scores
    return predictions


def sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + e^-x), of any shape, written with tanh, which does not overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logits)), np.float64)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, M) → rows that sum to one. The largest logit is subtracted first, so that exp does not overflow."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True), np.float64)
