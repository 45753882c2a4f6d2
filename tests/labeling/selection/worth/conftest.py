import numpy as np
import pytest
from scipy.special import expit

from inference.engine import held_out
from inference.engine.outputs import Output as Answer
from inference.engine.outputs import OutputLayout
from labeling.selection.pool import FindingOutput
from labeling.selection.worth.comparing import Seconds
from labeling.selection.worth.labelled import LabelledImages

RARE = OutputLayout((Answer("nodule", "binary"),))


def learner(embeddings, labels, weights, patients):
    """The scout, for one binary finding."""
    head = held_out.fit(embeddings, labels, weights, patients, RARE)
    return lambda points: expit(head.score(points))


def images(count, rng, share=0.08):
    """Embeddings (count, 16) and answers (count,): findings of a few kinds, each off in a direction of its own."""
    present = rng.random(count) < share
    kinds = np.eye(16)[rng.integers(0, 4, count)]
    points = rng.standard_normal((count, 16)) + 2.5 * present[:, None] * kinds
    return points.astype(np.float32), present.astype(np.float64)


@pytest.fixture
def labelled_factory():
    """So many images drawn by chance and so many picked; of the picks half have the finding unless told otherwise."""

    def make(drawn=300, picked=0, *, seed=0, noise=False, of_drawn=0.08, of_picked=0.5):
        rng = np.random.default_rng(seed)
        parts = zip(images(drawn, rng, of_drawn), images(picked, rng, of_picked), strict=True)
        points, said = (np.concatenate(both) for both in parts)
        said = rng.permutation(said) if noise else said
        chosen = np.arange(drawn + picked) >= drawn
        order = rng.permutation(drawn + picked)
        return LabelledImages(
            layout=(FindingOutput("nodule"),),
            embeddings=points[order],
            labels=said[order, None],
            weights=np.ones((drawn + picked, 1)),
            truth=np.where(chosen, np.nan, said)[order, None],
            patients=order // 2,
            chosen=chosen[order],
            probability=np.where(chosen, np.nan, 0.1)[order],
        )

    return make


@pytest.fixture
def seconds():
    rng = np.random.default_rng(1)
    return Seconds(chosen=rng.normal(40, 4, 60), random=rng.normal(30, 4, 60))
