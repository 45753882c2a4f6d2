"""Fitting probabilities to a calibration split.

Where cases are few, a prior keeps a calibration near the one that changes nothing: the logarithm of the slope is normal around
0 with a standard deviation of LOG_SLOPE, the offset with one of OFFSET, in units of log-odds. A slope of e,
or an offset of 2, costs half a nat once, however many cases there are, so that the prior vanishes as they come:
`tests/inference/engine/test_damping.py` measures that.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from inference.engine.outputs import Output, OutputLayout
from inference.engine.probability import Calibration

Float = NDArray[np.float64]
SLOPES = (0.02, 50.0)
LOG_SLOPE = 1.0  # a slope between 1/e and e is nothing unusual for a network
OFFSET = 2.0  # the weight of rare positives in training alone moves a logit by up to ln 10


def fit(logits: Float, labels: Float, weights: Float, layout: OutputLayout) -> tuple[Calibration, ...]:
    """One line per output from (N, K) logits, (N, F) labels (NaN unknown) and (N, F) weights of a calibration split.

    Where fewer than two classes occur there is nothing to fit and the logits stand; so they do for measurements.
    """
    return tuple(
        _fit_output(output, logits[:, columns].astype(np.float64), labels[:, index], weights[:, index])
        for index, (output, columns) in enumerate(zip(layout, layout.slices, strict=True))
    )


def platt(logits: Float, targets: Float, weights: Float) -> Calibration:
    """Platt's sigmoid (1999) with his smoothed targets, by weighted likelihood and the prior.

    `targets` (N,) may be soft, 0 to 1.
    """
    positive, negative = float((weights * targets).sum()), float((weights * (1 - targets)).sum())
    high, low = (positive + 1) / (positive + 2), 1 / (negative + 2)
    smoothed = targets * high + (1 - targets) * low

    def loss(line: Float) -> float:
        scores = line[0] * logits + line[1]
        likelihood = (weights * (np.logaddexp(0, scores) - smoothed * scores)).sum()
        return float((likelihood + _slope_penalty(line[0]) + (line[1] / OFFSET) ** 2 / 2) / weights.sum())

    return _lowest(loss, (1.0, 0.0), (SLOPES, (-50.0, 50.0)))


def temperatures(logits: Float, labels: Float, weights: Float, layout: OutputLayout) -> tuple[Calibration, ...]:
    """As `fit`, by one temperature an output, which leaves every answer on its side of one half.

    That of a binary finding is 1 at least: where nearly all labels are negative, their likelihood alone would have the
    head surer than it is. Without the prior: a head fitted to a few dozen labels is far surer than it is right, always.
    """
    return tuple(
        _cooled(output, logits[:, columns].astype(np.float64), labels[:, index], weights[:, index])
        for index, (output, columns) in enumerate(zip(layout, layout.slices, strict=True))
    )


def temperature(logits: Float, options: NDArray[np.intp], weights: Float, *, damped: bool = True) -> Calibration:
    """Temperature scaling (Guo et al., ICML 2017) of (N, M) logits to the true options (N,), with the prior if `damped`."""

    def loss(line: Float) -> float:
        scores = line[0] * logits
        raised = scores.max(1)
        likelihood = np.log(np.exp(scores - raised[:, None]).sum(1)) + raised - scores[np.arange(len(scores)), options]
        penalty = _slope_penalty(line[0]) if damped else 0.0
        return float(((weights * likelihood).sum() + penalty) / weights.sum())

    return _lowest(loss, (1.0,), (SLOPES,))


def _slope_penalty(slope: float) -> float:
    """The negative logarithm of the prior's density, up to a constant."""
    return float((np.log(slope) / LOG_SLOPE) ** 2 / 2)


def _fit_output(output: Output, logits: Float, labels: Float, weights: Float) -> Calibration:
    known = np.isfinite(labels) & (weights > 0)
    logits, labels, weights = logits[known], labels[known].astype(np.float64), weights[known].astype(np.float64)
    if output.kind == "measurement" or len(np.unique(labels)) < 2:
        return Calibration()
    if output.kind == "binary":
        return platt(logits[:, 0], labels, weights)
    return temperature(logits, labels.astype(np.intp), weights)


def _cooled(output: Output, logits: Float, labels: Float, weights: Float) -> Calibration:
    known = np.isfinite(labels) & (weights > 0)
    logits, labels, weights = logits[known], labels[known], weights[known].astype(np.float64)
    if output.kind == "measurement" or len(np.unique(labels)) < 2:
        return Calibration()
    if output.kind == "categorical":
        return temperature(logits, labels.astype(np.intp), weights, damped=False)
    both = np.tile(np.hstack([np.zeros_like(logits), logits]), (2, 1))  # absence has the logit 0
    options = np.repeat([1, 0], len(labels))  # a label between 0 and 1 counts on both sides
    line = temperature(both, options, np.r_[weights * labels, weights * (1 - labels)], damped=False)
    return Calibration(min(line.slope, 1.0))


def _lowest(
    loss: Callable[[Float], float], start: tuple[float, ...], bounds: tuple[tuple[float, float], ...]
) -> Calibration:
    line = minimize(loss, np.asarray(start), bounds=bounds, method="L-BFGS-B").x
    return Calibration(*(float(value) for value in line))
