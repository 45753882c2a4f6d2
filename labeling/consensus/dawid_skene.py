"""What is true, and how good each reader is, both from the answers alone.

A. P. Dawid and A. M. Skene, "Maximum Likelihood Estimation of Observer Error-Rates Using the EM Algorithm", Applied
Statistics 28 (1979) 20–28, with a Dirichlet prior on each reader so that few answers settle nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class DawidSkene:
    """N images, R readers, S states.

    posterior (N, S): probability of each state; NaN for an image nobody answered. prevalence (S,). confusion (R, S, S):
    probability that a reader answers the second state when the first is true. evidence: the log posterior density that
    each iteration reached, which never falls.
    """

    states: tuple[float, ...]
    posterior: Floats
    prevalence: Floats
    confusion: Floats
    evidence: tuple[float, ...]
    converged: bool
    method: str = "dawid-skene"

    @property
    def labels(self) -> Floats:
        """The likeliest state (N,); NaN where unknown."""
        known = ~np.isnan(self.posterior[:, 0])
        labels = np.full(len(known), np.nan)
        labels[known] = np.asarray(self.states)[self.posterior[known].argmax(axis=1)]
        return labels

    @property
    def soft(self) -> Floats:
        """The expected state (N,), 0..1 for (absent, uncertain, present); NaN where unknown."""
        return np.asarray(self.posterior @ np.asarray(self.states))


def dawid_skene(
    answers: Floats,
    states: Sequence[float] = (0.0, 0.5, 1.0),
    *,
    smoothing: float = 0.5,
    tolerance: float = 1e-6,
    iterations: int = 500,
) -> DawidSkene:
    """Estimate truth and readers by EM from answers (N, R), NaN where a reader did not answer. O(N·R·S²) a step.

    smoothing: pseudo-answers in each cell of a reader's confusion, twice as many where the reader is right. Stops when
    the evidence grows by less than the tolerance per image. Raises ValueError for an answer that is no state.
    """
    votes = _votes(answers, states)
    asked = votes.any(axis=(1, 2))
    prior = smoothing * (1 + np.eye(len(states)))
    posterior = votes[asked].sum(axis=1) / votes[asked].sum(axis=(1, 2))[:, None]
    evidence: list[float] = []
    converged = False
    while not converged and len(evidence) < iterations:
        prevalence, confusion = _maximise(votes[asked], posterior, prior)
        posterior, density = _expect(votes[asked], prevalence, confusion, prior)
        converged = bool(evidence) and density - evidence[-1] < tolerance * max(len(posterior), 1)
        evidence.append(density)
    whole = np.full((len(votes), len(states)), np.nan)
    whole[asked] = posterior
    return DawidSkene(tuple(states), whole, prevalence, confusion, tuple(evidence), converged)


def _votes(answers: Floats, states: Sequence[float]) -> Floats:
    """One-hot votes (N, R, S); all zero where a reader did not answer."""
    votes = answers[:, :, None] == np.asarray(states)
    if strange := int((~votes.any(axis=2) & ~np.isnan(answers)).sum()):
        raise ValueError(f"{strange} answers are none of the states {tuple(states)}")
    return np.asarray(votes, dtype=np.float64)


def _maximise(votes: Floats, posterior: Floats, prior: Floats) -> tuple[Floats, Floats]:
    """Prevalence (S,) and confusion (R, S, S) that fit the posterior best; prevalence has one pseudo-image a state."""
    prevalence = posterior.sum(axis=0) + 1
    confusion = np.einsum("ns,nrt->rst", posterior, votes) + prior
    return prevalence / prevalence.sum(), confusion / confusion.sum(axis=2, keepdims=True)


def _expect(votes: Floats, prevalence: Floats, confusion: Floats, prior: Floats) -> tuple[Floats, float]:
    """Posterior (N, S) of each image, and the log posterior density of the parameters up to a constant."""
    joint = np.log(prevalence) + np.einsum("nrt,rst->ns", votes, np.log(confusion))
    image = logsumexp(joint, axis=1, keepdims=True)
    density = image.sum() + np.log(prevalence).sum() + (prior * np.log(confusion)).sum()
    return np.exp(joint - image), float(density)
