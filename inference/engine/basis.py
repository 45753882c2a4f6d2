"""How many cases of the calibration split a finding's calibration and threshold rest on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import Output, OutputLayout

Float = NDArray[np.float64]
Fitted = Literal["fitted", "few", "none"]
Origin = Literal["chosen", "default"]
ENOUGH = 10  # cases of the rarest class; with fewer the prior of the calibration still weighs


@dataclass(frozen=True)
class Basis:
    """What is known of one finding in the calibration split. Stored in model cards under these names.

    `cases` have a label, `positives` of them the finding (None where it is not binary). `calibration`: fitted; fitted, but to
    few cases of a class; none, so that the network's own probabilities stand. A measurement has None: it has an interval.
    `threshold` of a binary finding: chosen from these cases, or the default. Raises ValueError for other words.
    """

    cases: int
    positives: int | None
    calibration: Fitted | None
    threshold: Origin | None

    def __post_init__(self) -> None:
        if self.calibration not in (None, *get_args(Fitted)) or self.threshold not in (None, *get_args(Origin)):
            raise ValueError("A basis says how a calibration was fitted and where the threshold comes from.")


def basis_of(labels: Float, weights: Float, layout: OutputLayout) -> dict[str, Basis]:
    """Per output, from the labels (N, F), NaN where unknown, and the weights (N, F) of a calibration split."""
    found = {}
    for index, output in enumerate(layout):
        known = np.isfinite(labels[:, index]) & (weights[:, index] > 0)
        found[output.name] = _basis(output, labels[known, index])
    return found


def from_dicts(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Basis]:
    """Finding → basis, as a card holds them. Raises TypeError or ValueError for rows it could not have written."""
    return {name: Basis(**row) for name, row in rows.items()}


def to_dicts(bases: Mapping[str, Basis]) -> dict[str, dict[str, Any]]:
    return {name: asdict(basis) for name, basis in bases.items()}


def _basis(output: Output, truth: Float) -> Basis:
    if output.kind == "measurement":
        return Basis(len(truth), None, None, None)
    if output.kind == "categorical":
        return Basis(len(truth), None, _fitted(truth), None)
    present = truth >= 0.5
    origin: Origin = "default"
    if present.any() and not present.all():
        origin = "chosen"
    return Basis(len(truth), int(present.sum()), _fitted(truth, present), origin)


def _fitted(truth: Float, classes: NDArray[Any] | None = None) -> Fitted:
    """As `calibration.fit` decides it: two different labels are fitted. `classes` are counted, the labels unless given."""
    if len(np.unique(truth)) < 2:
        return "none"
    _, counts = np.unique(truth if classes is None else classes, return_counts=True)
    if len(counts) < 2 or counts.min() < ENOUGH:
        return "few"
    return "fitted"
