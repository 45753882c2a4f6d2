"""How often the gate errs with a project's own numbers, found by sending simulated challengers through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from training.engine.evaluation.estimate import Floats, Interval
from training.engine.evaluation.gate import judge
from training.engine.evaluation.operating import wilson
from training.engine.evaluation.policy import GatePolicy
from training.engine.evaluation.reference import ReferenceLabels

RESAMPLES = 200
"""Bootstrap resamples in a trial: enough for a rate, a tenth of the cost."""


@dataclass(frozen=True)
class ReferenceSize:
    """A reference set to be: images, one a patient, and how many of them are positive for each finding.

    auroc is the champion's on every finding; correlation, that of the two models' scores among cases of one class.
    """

    images: int
    positives: Mapping[str, int]
    auroc: float = 0.85
    correlation: float = 0.9


@dataclass(frozen=True)
class GatePower:
    """Share of simulated challengers that pass, with Wilson limits, by what they truly are.

    worse: by the primary margin on every finding (for superiority, no better); one_worse: by the finding margin on one
    finding; equal; better: by gain on every finding. The first two are false passes, the last two are power.
    """

    worse: Interval
    one_worse: Interval
    equal: Interval
    better: Interval
    gain: float
    trials: int


def gate_power(
    policy: GatePolicy, size: ReferenceSize, *, gain: float = 0.03, trials: int = 200, seed: int = 0
) -> GatePower:
    """Simulate the gate; deterministic by seed. About 0.05 s a trial of 400 images and 5 findings.

    Scores are binormal with equal variances and perfectly calibrated; findings and images are independent.
    """
    none = np.zeros(len(size.positives))
    first = np.eye(len(none))[0] * policy.finding_margin
    least = policy.primary_margin if policy.primary == "non-inferiority" else 0.0
    return GatePower(
        worse=pass_rate(policy, size, none + least, trials, seed),
        one_worse=pass_rate(policy, size, first, trials, seed),
        equal=pass_rate(policy, size, none, trials, seed),
        better=pass_rate(policy, size, none - gain, trials, seed),
        gain=gain,
        trials=trials,
    )


def pass_rate(policy: GatePolicy, size: ReferenceSize, drops: Floats, trials: int, seed: int) -> Interval:
    """How often a challenger passes whose true AUROC is lower than the champion's by drops (F,); Wilson limits."""
    quick = replace(policy, resamples=RESAMPLES)
    passed = sum(judge(quick, *_simulate(size, drops, np.random.default_rng([seed, i]))).passed for i in range(trials))
    return wilson(passed, trials)


def _simulate(size: ReferenceSize, drops: Floats, rng: np.random.Generator) -> tuple[ReferenceLabels, Floats, Floats]:
    """A reference set, and the scores (N, F) of a champion and a challenger on it."""
    labels = np.column_stack(
        [rng.permutation(np.arange(size.images) < positive) for positive in size.positives.values()]
    ).astype(np.float64)
    shared, champion, challenger = rng.normal(size=(3, *labels.shape))
    root = np.sqrt([size.correlation, 1 - size.correlation])
    reference = ReferenceLabels(tuple(size.positives), labels, np.arange(size.images))
    return (
        reference,
        _scores(labels, root[0] * shared + root[1] * champion, np.full_like(drops, size.auroc)),
        _scores(labels, root[0] * shared + root[1] * challenger, size.auroc - drops),
    )


def _scores(labels: Floats, noise: Floats, aurocs: Floats) -> Floats:
    """Calibrated probabilities (N, F) whose true AUROCs are aurocs (F,): two normals, √2·Φ⁻¹(AUROC) apart."""
    apart = np.sqrt(2) * norm.ppf(aurocs)
    return np.asarray(expit(logit(labels.mean(axis=0)) + apart * (noise + apart * labels) - apart**2 / 2))
