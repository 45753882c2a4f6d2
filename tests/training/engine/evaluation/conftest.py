import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import norm

from training.engine.evaluation.reference import ReferenceLabels


@pytest.fixture
def draw():
    """Labels (N,) and calibrated scores (N, M) of models with the given AUROCs: binormal, equal variances."""

    def make(positives, negatives, aurocs=(0.85,), correlation=0.8, seed=0):
        rng = np.random.default_rng(seed)
        labels = np.concatenate([np.ones(positives), np.zeros(negatives)])
        shared = rng.normal(size=(len(labels), 1))
        noise = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * rng.normal(size=(len(labels), len(aurocs)))
        apart = np.sqrt(2) * norm.ppf(aurocs)
        seen = noise + apart * labels[:, None]
        return labels, expit(np.log(positives / negatives) + apart * seen - apart**2 / 2)

    return make


@pytest.fixture
def gate_case(draw):
    """A reference set of several findings, with the scores of a champion and a challenger."""

    def make(positives=(100, 120), images=500, champion=0.85, challenger=0.85, seed=0, **given):
        drawn = [draw(p, images - p, (champion, challenger), seed=seed + i) for i, p in enumerate(positives)]
        rng = np.random.default_rng(seed)
        orders = [rng.permutation(images) for _ in drawn]
        labels = np.column_stack([truth[order] for (truth, _), order in zip(drawn, orders, strict=True)])
        scores = np.stack([values[order] for (_, values), order in zip(drawn, orders, strict=True)], axis=1)
        reference = ReferenceLabels(
            findings=("effusion", "nodule", "consolidation")[: len(positives)],
            labels=given.get("labels", labels),
            patients=given.get("patients", np.arange(images)),
            subgroups=given.get("subgroups", {}),
        )
        return reference, scores[:, :, 0], scores[:, :, 1]

    return make
