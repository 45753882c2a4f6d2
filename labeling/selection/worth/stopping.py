"""Whether more reading would still change the model.

Method: Bloodgood and Vijay-Shanker, "A Method for Stopping Active Learning Based on Stabilizing Predictions and the Need
for User-Adjustable Stopping", CoNLL 2009. Stop when successive models agree with a kappa of 0.99 three times in a row, on
images that none of them has learned from. The slope at the end of the learning curve is reported, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import cohen_kappa_score

from labeling.selection.pool import Head, parts
from labeling.selection.worth.comparing import RESAMPLES, BootstrapInterval
from labeling.selection.worth.labelled import Float, LabelledImages, Learner
from labeling.selection.worth.signals import Signal, signal_of
from labeling.selection.worth.trials import fit_on, growth

# Of the labels there are: the end of the learning curve.
SHARES = (0.7, 0.8, 0.9, 1.0)
# Labels by which successive scouts differ, at most; a tenth of all where that is less.
STEP = 100
# Unlabelled images on which successive scouts are compared, at least: among fewer, one image moves kappa by more than 0.01.
SAMPLE = 100


@dataclass(frozen=True)
class Stopping:
    """The stopping signal, see `signal_of`, and what it is made from.

    sizes (4,): how many of the first labels each successive scout learned from. kappas (3,): agreement of each scout with
    the one before it, the mean over the findings. slope: gain in mean AUROC per 100 more labels, over the last three tenths
    of the labels. sample: how many images the scouts are compared on.
    """

    signal: Signal
    sizes: tuple[int, ...] = ()
    kappas: tuple[float, ...] = ()
    slope: BootstrapInterval | None = None
    sample: int = 0


def stopping(data: LabelledImages, sample: NDArray[np.float32], learner: Learner, *, seed: int) -> Stopping:
    """The signal for these labels, on embeddings (m, D) of unlabelled images. O(20·4) fits. The same for the same seed."""
    if len(sample) < SAMPLE:
        return Stopping("too_few", sample=len(sample))
    grown = growth(data, learner, shares=SHARES, seed=seed)
    curve = grown.curves(data, RESAMPLES, np.random.default_rng(seed))[0]
    if not np.isfinite(curve[0]).all():
        return Stopping("too_few", sample=len(sample))
    slope = BootstrapInterval.of(100 * _slopes(grown.sizes.astype(np.float64), curve))
    sizes = [len(data) - back * min(STEP, len(data) // 10) for back in (3, 2, 1, 0)]
    kappas = _agreements(data, sizes, sample, learner)
    if not np.isfinite(kappas).all():
        return Stopping("too_few", tuple(sizes), (), slope, len(sample))
    return Stopping(signal_of(kappas.tolist(), slope.low), tuple(sizes), tuple(kappas.tolist()), slope, len(sample))


def _slopes(sizes: Float, curves: Float) -> Float:
    """Least-squares slope (B,) of curves (B, R) over sizes (R,)."""
    away = sizes - sizes.mean()
    return np.asarray((curves - curves.mean(axis=1, keepdims=True)) @ away / (away @ away))


def _agreements(data: LabelledImages, sizes: list[int], sample: NDArray[np.float32], learner: Learner) -> Float:
    """Kappa (R − 1,) of each scout with the one before it, the mean over the findings."""
    decided = []
    for size in sizes:
        head = fit_on(data, np.arange(size, dtype=np.int64), learner)
        decided.append(_decided(data, head, sample))
    return np.array([_kappa(one, other) for one, other in pairwise(decided)])


def _decided(data: LabelledImages, head: Head, sample: NDArray[np.float32]) -> list[NDArray[np.int64]]:
    """The scout's decision (m,) on each finding: the likeliest option, or present if it is likelier than usual."""
    decided = []
    for at, (output, block) in enumerate(parts(data.layout, head(sample))):
        if output.kind == "categorical":
            decided.append(block.argmax(axis=1))
            continue
        # At the finding's frequency and not at one half, which a scout hardly reaches for a rare finding.
        labels = data.labels[:, at]
        usual = 0.5
        if np.isfinite(labels).any():
            usual = float(np.nanmean(labels))
        decided.append((block[:, 0] >= usual).astype(np.int64))
    return [decided[at] for at in data.usable]


def _kappa(one: list[NDArray[np.int64]], other: list[NDArray[np.int64]]) -> float:
    """The mean kappa over the findings. One with the same decision for every image has no kappa and is left out."""
    kappas = []
    for first, second in zip(one, other, strict=True):
        if len(np.unique([first, second])) > 1:
            kappas.append(float(cohen_kappa_score(first, second)))
    if not kappas:
        return float("nan")
    return float(np.mean(kappas))
