"""Figures of a model at its threshold."""

import numpy as np
import pytest

from training.services.held_out_metrics import metrics_at_threshold


def test_sensitivity_specificity_and_ppv() -> None:
    labels = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0.5, np.nan])
    scores = np.array([0.9, 0.8, 0.7, 0.2, 0.6, 0.1, 0.1, 0.1, 0.4, 0.9, 0.9])
    found = metrics_at_threshold(scores, labels, 0.5)
    assert found == pytest.approx({"sensitivity": 0.75, "specificity": 0.8, "balanced_accuracy": 0.775, "ppv": 0.75})


@pytest.mark.parametrize(
    ("labels", "names"),
    [([1, 1], {"sensitivity", "ppv"}), ([0, 0], {"specificity", "ppv"}), ([np.nan, 0.5], set())],
)
def test_what_is_not_defined_is_left_out(labels: list[float], names: set[str]) -> None:
    assert set(metrics_at_threshold(np.array([0.9, 0.1]), np.array(labels, float), 0.5)) == names
