"""Labels that the other labels speak against."""

import numpy as np
import pytest

from labeling.selection.label_issues import label_issues
from labeling.selection.pool import FindingOutput

BINARY = (FindingOutput("effusion"), FindingOutput("nodule"))


def test_only_flipped_labels_are_suspect_and_most_of_them():
    rng = np.random.default_rng(0)
    truth = rng.random((400, 2)) < 0.4
    outputs = np.clip(truth * 0.7 + rng.uniform(0.05, 0.25, truth.shape), 0, 1)
    given = truth.astype(float)
    given[:20, 1] = 1 - given[:20, 1]
    found = label_issues(given, outputs, BINARY)
    suspect = np.flatnonzero(np.isfinite(found.score))
    assert len(suspect) > 10 and set(suspect) <= set(range(20))
    assert set(found.finding[suspect]) == {1}


def test_the_score_is_what_the_model_withholds_from_the_label():
    labels = np.array([[1.0], [1.0], [0.0], [0.0]])
    found = label_issues(labels, np.array([[0.9], [0.1], [0.2], [0.1]]), BINARY[:1])
    assert found.score[1] == pytest.approx(0.9)


def test_of_a_finding_the_model_is_timid_about_no_absent_label_is_suspect():
    labels = np.array([[1.0], [1.0], [0.0], [0.0], [0.0]])
    found = label_issues(labels, np.array([[0.8], [0.9], [0.6], [0.1], [0.1]]), BINARY[:1])
    assert np.isnan(found.score).all()


def test_unknown_and_uncertain_labels_are_never_suspect():
    found = label_issues(np.array([[np.nan], [0.5], [0.0]]), np.array([[0.9], [0.9], [0.1]]), BINARY[:1])
    assert np.isnan(found.score).all()


def test_an_option_can_be_suspect():
    layout = (FindingOutput("grade", "categorical", options=("I", "II", "III")),)
    labels = np.array([[0.0], [1.0], [2.0], [0.0]])
    outputs = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.1, 0.8], [0.02, 0.9, 0.08]])
    found = label_issues(labels, outputs, layout)
    assert np.flatnonzero(found.finding == 0).tolist() == [3]


def test_a_measurement_is_never_suspect():
    layout = (FindingOutput("bone age", "measurement", unit="months"),)
    assert np.isnan(label_issues(np.array([[12.0]]), np.array([[90.0]]), layout).score).all()


def test_shapes_that_disagree_are_refused():
    with pytest.raises(ValueError, match="Labels"):
        label_issues(np.zeros((3, 2)), np.zeros((2, 2)), BINARY)
