"""From a head's logits to what is shown: calibrated probabilities and values. NumPy only."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout


@dataclass(frozen=True)
class Calibration:
    """One output's line from logit to calibrated logit: Platt's two numbers; for options, 1/temperature and 0.

    The slope is above zero, so calibration never reorders cases.
    """

    slope: float = 1.0
    offset: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.slope < np.inf and np.isfinite(self.offset)):
            raise ValueError("A calibration has a finite slope above zero and a finite offset.")


def uncalibrated(layout: OutputLayout) -> tuple[Calibration, ...]:
    """The line through zero for every output."""
    return (Calibration(),) * len(layout)


def calibrated(
    logits: NDArray[np.floating], layout: OutputLayout, calibrations: tuple[Calibration, ...]
) -> NDArray[np.float64]:
    """(N, K) logits → (N, K): a probability per binary finding and per option, a value in its unit per measurement."""
    if logits.ndim != 2 or logits.shape[1] != layout.width:
        raise ValueError(f"{layout.width} logits per image were expected, not an array of {logits.shape}.")
    answers = np.empty(logits.shape, np.float64)
    for output, columns, line in zip(layout, layout.slices, calibrations, strict=True):
        scores = logits[:, columns].astype(np.float64) * line.slope + line.offset
        if output.kind == "binary":
            scores = sigmoid(scores)
        elif output.kind == "categorical":
            scores = softmax(scores)
        answers[:, columns] = scores
    return answers


def sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + e^-x) without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * logits)), np.float64)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """(N, M) → rows that sum to one."""
    raised = np.exp(logits - logits.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True), np.float64)
