"""Scouts: a head refitted within seconds on frozen embeddings. It orders the queue and is never shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge

from inference.engine.outputs import Output, OutputLayout
from inference.engine.probability import Calibration

Float = NDArray[np.float64]
BLOCK = 16_384  # rows at a time: 128 MB in double precision for a thousand dimensions
REGULARISATION = 1.0  # inverse strength on embeddings of unit spread: few labels, many dimensions
BELOW_THE_RAREST = 2.0  # logits between an option that never occurred and the rarest that did


@dataclass(frozen=True)
class ScoutHead:
    """A linear head: weight float32 (K, D), bias float32 (K,).

    `trained`, one per output: whether it was fitted to labels. Otherwise it is the prior.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]
    trained: tuple[bool, ...]

    def score(self, embeddings: NDArray[np.floating]) -> NDArray[np.float32]:
        """Embeddings (N, D) → logits float32 (N, K) by one matrix product. `probability.calibrated` makes probabilities."""
        logits = np.empty((len(embeddings), len(self.bias)), np.float32)
        # Double precision: how a product is rounded depends on its number of rows, and a row must have the same logits
        # among any others.
        weight = self.weight.T.astype(np.float64)
        # A block at a time, so that a memory map of any length needs little memory.
        for start in range(0, len(embeddings), BLOCK):
            block = embeddings[start : start + BLOCK].astype(np.float64, copy=False)
            logits[start : start + BLOCK] = block @ weight + self.bias
        return logits

    def apply_calibration(self, calibrations: tuple[Calibration, ...], layout: OutputLayout) -> ScoutHead:
        """The head whose logits are calibrated, with one calibration per output."""
        weight = self.weight.copy()
        bias = self.bias.copy()
        for columns, calibration in zip(layout.slices, calibrations, strict=True):
            weight[columns] *= calibration.slope
            bias[columns] = bias[columns] * calibration.slope + calibration.offset
        return ScoutHead(weight, bias, self.trained)


def fit(embeddings: NDArray[np.floating], labels: Float, weights: Float, layout: OutputLayout) -> ScoutHead:
    """Fit one linear model per output on embeddings (N, D), labels (N, F), NaN where unknown, and weights (N, F).

    Binary: logistic regression, where a label between 0 and 1 counts on both sides. Categorical: softmax. Measurement:
    ridge. Where the labels allow no fit the head gives every image the same answer: the frequency with one case of each
    class added (1/2 or 1/M without labels), or the mean measurement (0 without).
    """
    centre, spread = _standard(embeddings)
    standardised = (embeddings.astype(np.float64) - centre) / spread
    weight = np.zeros((layout.width, embeddings.shape[1]))
    bias = np.zeros(layout.width)
    trained = []
    for index, (output, columns) in enumerate(zip(layout, layout.slices, strict=True)):
        known = np.isfinite(labels[:, index]) & (weights[:, index] > 0)
        truth = labels[known, index].astype(np.float64)
        case_weights = weights[known, index].astype(np.float64)
        has_two_answers = len(np.unique(truth)) > 1
        trained.append(has_two_answers)
        if has_two_answers:
            weight[columns], bias[columns] = _fit_output(output, standardised[known], truth, case_weights)
        else:
            bias[columns] = _prior(output, truth, case_weights)
    # Fold the standardisation into the head, so that it takes the embeddings as they are.
    weight /= spread
    bias -= weight @ centre
    return ScoutHead(weight.astype(np.float32), bias.astype(np.float32), tuple(trained))


def _standard(embeddings: NDArray[np.floating]) -> tuple[Float, float]:
    """Mean (D,), and one spread for all dimensions.

    A spread for each dimension would make noise as large as the dimensions that tell cases apart.
    """
    if not len(embeddings):
        return np.zeros(embeddings.shape[1]), 1.0
    # float16 embeddings would lose the sum of a few thousand rows.
    centre = embeddings.mean(0, dtype=np.float64)
    spread = float(np.sqrt(np.square(embeddings - centre).mean()))
    return centre, spread or 1.0


def _fit_output(output: Output, features: Float, truth: Float, case_weights: Float) -> tuple[Float, Float]:
    """Weight (width, D) and bias (width,) of one output."""
    if output.kind == "measurement":
        ridge = Ridge(alpha=1 / REGULARISATION).fit(features, truth, case_weights)
        return ridge.coef_[None], np.asarray([ridge.intercept_])
    model = LogisticRegression(C=REGULARISATION, max_iter=500)
    if output.kind == "categorical":
        model.fit(features, truth.astype(int), case_weights)
        return _options(model, output.width, features.shape[1])
    # Each case twice, as present and as absent, weighted by its label. scikit-learn takes no soft labels.
    both = np.r_[case_weights * truth, case_weights * (1 - truth)]
    counts = both > 0  # a label of 0 or 1 counts on one side only
    model.fit(np.tile(features, (2, 1))[counts], np.repeat([1, 0], len(truth))[counts], both[counts])
    return model.coef_, model.intercept_


def _options(model: LogisticRegression, width: int, dimension: int) -> tuple[Float, Float]:
    """Spread the classes that occurred over all options. One that never occurred lies below the rarest."""
    coefficients = model.coef_
    intercepts = model.intercept_
    if len(model.classes_) == 2:
        # scikit-learn then gives one row, for the second class. Half of it on each side is the same softmax.
        coefficients = np.r_[-coefficients, coefficients] / 2
        intercepts = np.r_[-intercepts, intercepts] / 2
    weight = np.zeros((width, dimension))
    bias = np.full(width, float(intercepts.min()) - BELOW_THE_RAREST)
    weight[model.classes_] = coefficients
    bias[model.classes_] = intercepts
    return weight, bias


def _prior(output: Output, truth: Float, case_weights: Float) -> Float:
    """The bias (width,) of an output that cannot be fitted."""
    if output.kind == "measurement":
        mean = 0.0
        if len(truth):
            mean = float(np.average(truth, weights=case_weights))
        return np.asarray([mean])
    if output.kind == "binary":
        positive = (case_weights * truth).sum()
        negative = (case_weights * (1 - truth)).sum()
        return np.asarray([np.log((positive + 1) / (negative + 1))])
    counts = np.bincount(truth.astype(int), case_weights, minlength=output.width)
    return np.asarray(np.log((counts + 1) / (counts.sum() + output.width)))
