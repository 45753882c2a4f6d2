"""The training loss: one weighted term per known label, by the kind of its finding."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.engine.outputs import Output, OutputLayout

MAX_RATIO = 10.0  # a rare positive weighs at most this many times a negative; more makes single cases decide a step


@dataclass(frozen=True)
class Criterion:
    """The loss of a layout, with what it took from the training labels.

    `positive` (F,): weight of a binary finding's positives, negatives over positives, within 1/MAX_RATIO to MAX_RATIO;
    `centre`, `spread` (F,): mean and standard deviation of measurements, which the network learns standardised.
    """

    layout: OutputLayout
    positive: tuple[float, ...]
    centre: tuple[float, ...]
    spread: tuple[float, ...]

    def terms(self, logits: Tensor, labels: Tensor) -> Tensor:
        """(n, K) logits and (n, F) labels → (n, F) losses, 0 where a label is NaN."""
        columns = []
        for index, (output, place) in enumerate(zip(self.layout, self.layout.slices, strict=True)):
            columns.append(self._term(index, output, logits[:, place], labels[:, index]))
        return torch.stack(columns, 1)

    def __call__(self, logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
        """The weighted mean of the terms over the known labels. 0, with a gradient of 0, where none is known."""
        shares = weights * ~torch.isnan(labels)
        return (self.terms(logits, labels) * shares).sum() / shares.sum().clamp_min(1e-6)

    def _term(self, index: int, output: Output, logits: Tensor, labels: Tensor) -> Tensor:
        known = ~torch.isnan(labels)
        # NaN times 0 is NaN: an unknown label becomes 0 before the loss, not after it, or its gradient would be NaN.
        truth = torch.where(known, labels, torch.zeros_like(labels))
        if output.kind == "binary":
            weight = torch.tensor(self.positive[index], device=logits.device)
            loss = functional.binary_cross_entropy_with_logits(logits[:, 0], truth, pos_weight=weight, reduction="none")
        elif output.kind == "categorical":
            loss = functional.cross_entropy(logits, truth.long(), reduction="none")
        else:
            standardised = (truth - self.centre[index]) / self.spread[index]
            loss = functional.smooth_l1_loss(logits[:, 0], standardised, reduction="none")
        return loss * known


def criterion_for(
    labels: NDArray[np.float32], weights: NDArray[np.float32], layout: OutputLayout, *, balanced: bool
) -> Criterion:
    """The criterion for training labels float32 (N, F), NaN where unknown, and their weights (N, F).

    `balanced`: weigh the positives of a binary finding so that both classes count about equally.
    """
    positive = []
    centre = []
    spread = []
    for index, output in enumerate(layout):
        known = np.isfinite(labels[:, index]) & (weights[:, index] > 0)
        truth = labels[known, index].astype(np.float64)
        shares = weights[known, index].astype(np.float64)
        positive_weight = 1.0
        mean = 0.0
        deviation = 1.0
        if output.kind == "binary" and balanced:
            positive_weight = _ratio(truth, shares)
        elif output.kind == "measurement" and len(truth):
            mean = float(np.average(truth, weights=shares))
            # A spread of 0, from equal labels, would divide by zero.
            deviation = float(truth.std()) or 1.0
        positive.append(positive_weight)
        centre.append(mean)
        spread.append(deviation)
    return Criterion(layout, tuple(positive), tuple(centre), tuple(spread))


def _ratio(truth: NDArray[np.float64], shares: NDArray[np.float64]) -> float:
    """Negatives over positives, bounded. 1 where a class is absent. A soft label counts on both sides."""
    positive = float((shares * truth).sum())
    negative = float((shares * (1 - truth)).sum())
    if not positive or not negative:
        return 1.0
    return min(max(negative / positive, 1 / MAX_RATIO), MAX_RATIO)
