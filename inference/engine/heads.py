"""Scouts: a head refitted in seconds on frozen embeddings. It orders the queue and is never shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge

from inference.engine.outputs import Output, OutputLayout
from inference.engine.probability import Calibration

Float = NDArray[np.float64]
BLOCK = 16_384
REGULARISATION = 1.0  # inverse strength on embeddings of unit spread: few labels, many dimensions


@dataclass(frozen=True)
class ScoutHead:
    """weight (K, D), bias (K,); `trained` says per output whether labels shaped it or only a prior stands in."""

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    trained: tuple[bool, ...]

    def score(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """(N, D) embeddings → (N, K) logits by one matrix product; `probability.calibrated` takes them further.

        A block at a time, so that a memory map of any length is passed over in little memory. In double precision, since
        how a product is rounded depends on how many rows it has, and a row is to have the same logits among any others.
        """
        logits, weight = np.empty((len(embeddings), len(self.bias)), np.float32), self.weight.T.astype(np.float64)
        for start in range(0, len(embeddings), BLOCK):
            block = embeddings[start : start + BLOCK].astype(np.float64, copy=False)
            logits[start : start + BLOCK] = block @ weight + self.bias
        return logits

    def apply_calibration(self, lines: tuple[Calibration, ...], layout: OutputLayout) -> ScoutHead:
        """The head whose logits lie on these lines, one an output."""
        weight, bias = self.weight.copy(), self.bias.copy()
        for columns, line in zip(layout.slices, lines, strict=True):
            weight[columns] *= line.slope
            bias[columns] = bias[columns] * line.slope + line.offset
        return ScoutHead(weight, bias, self.trained)


def fit(embeddings: NDArray[np.floating], labels: Float, weights: Float, layout: OutputLayout) -> ScoutHead:
    """Fit one linear model per output on (N, D) embeddings, (N, F) labels (NaN unknown) and (N, F) weights.

    Binary: logistic regression, a label between 0 and 1 counting on both sides; categorical: softmax; measurement:
    ridge. Where the labels allow no fit the head answers the same for every image: the frequency with one case of
    each class added (1/2 or 1/M without labels), or the mean measurement (0 without).
    """
    centre, spread = _standard(embeddings)
    standardised = (embeddings.astype(np.float64) - centre) / spread
    weight = np.zeros((layout.width, embeddings.shape[1]))
    bias = np.zeros(layout.width)
    trained = []
    for index, (output, columns) in enumerate(zip(layout, layout.slices, strict=True)):
        known = np.isfinite(labels[:, index]) & (weights[:, index] > 0)
        truth, shares = labels[known, index].astype(np.float64), weights[known, index].astype(np.float64)
        able = len(np.unique(truth)) > 1
        trained.append(able)
        if able:
            weight[columns], bias[columns] = _fit_output(output, standardised[known], truth, shares)
        else:
            bias[columns] = _prior(output, truth, shares)
    weight /= spread
    bias -= weight @ centre
    return ScoutHead(weight.astype(np.float32), bias.astype(np.float32), tuple(trained))


def _standard(embeddings: NDArray[np.floating]) -> tuple[Float, float]:
    """Mean (D,), and one spread for all dimensions: each by its own would make noise as large as what tells cases apart."""
    if not len(embeddings):
        return np.zeros(embeddings.shape[1]), 1.0
    centre = embeddings.mean(0, dtype=np.float64)
    return centre, float(np.sqrt(np.square(embeddings - centre).mean())) or 1.0


def _fit_output(output: Output, features: Float, truth: Float, shares: Float) -> tuple[Float, Float]:
    if output.kind == "measurement":
        line = Ridge(alpha=1 / REGULARISATION).fit(features, truth, shares)
        return line.coef_[None], np.asarray([line.intercept_])
    model = LogisticRegression(C=REGULARISATION, max_iter=500)
    if output.kind == "binary":
        both = np.r_[shares * truth, shares * (1 - truth)]
        counts = both > 0  # a label of 0 or 1 counts on one side only
        model.fit(np.tile(features, (2, 1))[counts], np.repeat([1, 0], len(truth))[counts], both[counts])
        return model.coef_, model.intercept_
    model.fit(features, truth.astype(int), shares)
    return _options(model, output.width, features.shape[1])


def _options(model: LogisticRegression, width: int, dimension: int) -> tuple[Float, Float]:
    """Spread the classes that occurred over all options; one that never occurred lies below the rarest."""
    if len(model.classes_) == 2:  # scikit-learn then gives one row, for the second class
        coefficients, intercepts = np.r_[-model.coef_, model.coef_] / 2, np.r_[-model.intercept_, model.intercept_] / 2
    else:
        coefficients, intercepts = model.coef_, model.intercept_
    weight, bias = np.zeros((width, dimension)), np.full(width, float(intercepts.min()) - 2.0)
    weight[model.classes_], bias[model.classes_] = coefficients, intercepts
    return weight, bias


def _prior(output: Output, truth: Float, shares: Float) -> Float:
    if output.kind == "measurement":
        return np.asarray([np.average(truth, weights=shares) if len(truth) else 0.0])
    if output.kind == "binary":
        positive, negative = (shares * truth).sum(), (shares * (1 - truth)).sum()
        return np.asarray([np.log((positive + 1) / (negative + 1))])
    counts = np.bincount(truth.astype(int), shares, minlength=output.width)
    return np.asarray(np.log((counts + 1) / (counts.sum() + output.width)))
