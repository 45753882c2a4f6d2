"""When successive scouts agree."""

import numpy as np
import pytest

from labeling.selection.worth.signals import signal_of
from labeling.selection.worth.stopping import stopping
from tests.labeling.selection.worth.conftest import images, learner

SAMPLE = images(200, np.random.default_rng(5))[0]


def fixed(embeddings, labels, weights, patients):
    """A scout that learns nothing more, whatever it is told."""
    return lambda points: 1 / (1 + np.exp(-points[:, :1]))


def test_scouts_that_agree_three_times_are_settled(labelled_factory):
    found = stopping(labelled_factory(200), SAMPLE, fixed, seed=1)
    assert found.signal == "settled"
    assert found.kappas == (1.0, 1.0, 1.0) and found.sizes == (140, 160, 180, 200)


def test_scouts_that_still_change_are_learning(labelled_factory):
    found = stopping(labelled_factory(200), SAMPLE, learner, seed=1)
    assert found.signal in ("learning", "changing") and min(found.kappas) < 0.99


@pytest.mark.parametrize(("kappa", "rise", "signal"), [
    (0.9, 0.001, "learning"), (0.9, -0.011, "changing"), (0.99, 0.001, "rising"), (0.99, 0.0, "settled"),
])  # fmt: skip
def test_answers_and_quality_are_told_apart(kappa, rise, signal):
    assert signal_of([1.0, kappa, 1.0], rise) == signal


def test_a_small_sample_tells_nothing(labelled_factory):
    assert stopping(labelled_factory(200), SAMPLE[:99], learner, seed=1).signal == "too_few"
