"""How far a measurement may lie from the model's value: split conformal prediction, fitted on a calibration split."""

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
    """Value ± half holds the label of a new case with a probability of `coverage` at least.

    `cases` is how many it was fitted on, whose labels reach from `lowest` to `highest`. Raises ValueError for what no
    fit gives.
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
    answers: Float, labels: Float, weights: Float, layout: OutputLayout, *, coverage: float
) -> dict[str, PredictionInterval]:
    """An interval per measurement from (N, K) answers in their units, (N, F) labels (NaN unknown) and (N, F) weights.

    A measurement with too few labels for this coverage gets none: nothing honest can be said of it.
    """
    found = {}
    for index, (output, columns) in enumerate(zip(layout, layout.slices, strict=True)):
        known = np.isfinite(labels[:, index]) & (weights[:, index] > 0)
        truth = labels[known, index].astype(np.float64)
        half = half_width(np.abs(answers[known, columns.start] - truth), coverage)
        if output.kind == "measurement" and half is not None:
            found[output.name] = PredictionInterval(half, coverage, len(truth), float(truth.min()), float(truth.max()))
    return found


def half_width(residuals: Float, coverage: float) -> float | None:
    """The ⌈(n + 1) · coverage⌉-th smallest of n absolute residuals; None where n is too small to have one.

    Whatever the model and the distribution, exchangeable cases then lie within it with that probability at least (Vovk,
    Gammerman & Shafer 2005; Lei et al., JASA 2018).
    """
    rank = ceil((len(residuals) + 1) * coverage - 1e-9)
    return float(np.sort(residuals)[rank - 1]) if 0 < rank <= len(residuals) else None


def from_dicts(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, PredictionInterval]:
    """Finding → interval, as a card holds them. Raises TypeError or ValueError for rows it could not have written."""
    return {name: PredictionInterval(**row) for name, row in rows.items()}
