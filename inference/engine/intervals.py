"""Prediction intervals of measurements by split conformal prediction, fitted on a calibration split."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout

Float = NDArray[np.float64]


@dataclass(frozen=True)
class PredictionInterval:
    """The value ± `half` holds the label of a new case with a probability of at least `coverage`.

    In the measurement's unit. Fitted on `cases`, whose labels range from `lowest` to `highest`. Stored in model cards
    under these names. Raises ValueError for values that no fit gives.
    """

    half: float
    coverage: float
    cases: int
    lowest: float
    highest: float

    def __post_init__(self) -> None:
        if not all(isfinite(value) for value in (self.half, self.lowest, self.highest)) or self.half < 0:
            raise ValueError("An interval has a finite half width that is not negative.")
        if not 0 < self.coverage < 1:
            raise ValueError(f"A coverage lies between 0 and 1, not {self.coverage}.")

    def to_dict(self) -> dict[str, float]:
        return asdict(self)


def fit(
    predictions: Float, labels: Float, weights: Float, layout: OutputLayout, *, coverage: float
) -> dict[str, PredictionInterval]:
    """An interval per measurement from predictions (N, K), labels (N, F), NaN where unknown, and weights (N, F).

    Predictions and labels are in the measurements' units; `coverage` is above 0 and below 1. A measurement with too few
    labels for this coverage has none.
    """
    found = {}
    for index, (output, columns) in enumerate(zip(layout, layout.slices, strict=True)):
        if output.kind != "measurement":
            continue
        known = np.isfinite(labels[:, index]) & (weights[:, index] > 0)
        truth = labels[known, index].astype(np.float64)
        half = half_width(np.abs(predictions[known, columns.start] - truth), coverage)
        if half is not None:
            found[output.name] = PredictionInterval(half, coverage, len(truth), float(truth.min()), float(truth.max()))
    return found


def half_width(residuals: Float, coverage: float) -> float | None:
    """The ⌈(n + 1) · coverage⌉-th smallest of n absolute residuals (n,). None where n is too small to have one.

    A new case lies within it with that probability at least, whatever the model and the distribution, as long as cases
    are exchangeable (Vovk, Gammerman & Shafer 2005; Lei et al., JASA 2018).
    """
    # The 1e-9 keeps a product such as 9.000000000000002 from being rounded up to 10.
    rank = ceil((len(residuals) + 1) * coverage - 1e-9)
    if not 0 < rank <= len(residuals):
        return None
    return float(np.sort(residuals)[rank - 1])


def from_dicts(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, PredictionInterval]:
    """Finding → interval, as a card holds them. Raises TypeError or ValueError for rows it could not have written."""
    return {name: PredictionInterval(**row) for name, row in rows.items()}
