import numpy as np
import pytest

from training.engine.losses import criterion_for
from training.engine.scoring import figures, loss_of


def test_the_standard_error_shrinks_with_the_cases(data):
    criterion = criterion_for(data.labels, data.weights, data.layout, balanced=False)
    logits = np.random.default_rng(0).normal(size=(160, 5)).astype(np.float32)
    few = loss_of(criterion, logits[:20], data.labels[:20], data.weights[:20])
    many = loss_of(criterion, logits, data.labels, data.weights)
    assert many[1] < few[1]
    assert loss_of(criterion, logits[:1], np.full((1, 3), np.nan, np.float32), data.weights[:1]) is None


def test_figures_fit_the_kind(data):
    labels = np.array([[1, 0, 80], [0, 2, np.nan]], np.float32)
    answers = np.array([[0.9, 0.8, 0.1, 0.1, 90], [0.2, 0.5, 0.3, 0.2, 0]])
    table = figures(answers, labels, data.layout)
    assert table["nodule"]["auroc"] == 1 and table["nodule"]["positive_count"] == 1
    assert table["nodule"]["ece"] == pytest.approx(0.15) and table["nodule"]["ece_bins"] == 10
    assert table["nodule"]["ece_15"] == pytest.approx(0.15)
    assert table["quadrant"] == {"known_count": 2, "accuracy": 0.5}
    assert table["level"] == {"known_count": 1, "mean_absolute_error": 10}
