import numpy as np
import pytest

from inference.engine import heads, held_out
from inference.engine.metrics import brier
from inference.engine.outputs import Output, OutputLayout
from inference.engine.probability import sigmoid

BINARY = OutputLayout((Output("effusion", "binary"),))


@pytest.fixture
def patients():
    """600 patients of three images each: embeddings (1800, 64), labels (1800, 1) that one number tells in part."""
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(600), 3)
    points = rng.normal(size=(1800, 64)) + rng.normal(size=(600, 64))[groups]
    sick = rng.random(600) < sigmoid(2 * points.reshape(600, 3, 64).mean(1)[:, 0])
    return points.astype(np.float32), sick[groups, None].astype(float), groups


def test_it_is_as_sure_as_it_is_right(patients):
    points, labels, groups = patients
    few, ones = slice(90), np.ones((90, 1))
    bold = heads.fit(points[few], labels[few], ones, BINARY)
    head = held_out.fit(points[few], labels[few], ones, groups[few], BINARY)
    said = [sigmoid(each.score(points[90:]).astype(float))[:, 0] for each in (bold, head)]
    before, after = (brier(labels[90:, 0], each) for each in said)
    assert after < before - 0.02
    assert (np.argsort(said[0]) == np.argsort(said[1])).mean() > 0.99


def test_no_head_has_seen_the_patient_it_speaks_of(patients):
    points, _labels, groups = patients
    labels = np.random.default_rng(1).integers(0, 2, 600)[groups][:150, None].astype(float)  # told by the patient alone
    logits = held_out.out_of_fold_logits(points[:150], labels, np.ones((150, 1)), groups[:150], BINARY)
    assert np.isfinite(logits).all()
    right = ((logits > 0) == labels).mean()
    assert right < 0.65


def test_no_more_heads_are_fitted_than_are_needed(patients):
    points, labels, groups = patients
    logits = held_out.out_of_fold_logits(points, labels, np.ones((1800, 1)), groups, BINARY, enough=300)
    assert np.isfinite(logits).sum() == 360


def test_the_labels_of_one_patient_calibrate_nothing(patients):
    points, labels, _groups = patients
    known = points[:12], labels[:12], np.ones((12, 1))
    plain, head = heads.fit(*known, BINARY), held_out.fit(*known, np.zeros(12, int), BINARY)
    assert np.array_equal(plain.weight, head.weight) and np.array_equal(plain.bias, head.bias)


def test_the_same_labels_give_the_same_head(patients):
    points, labels, groups = patients
    once, again = (held_out.fit(points[:60], labels[:60], np.ones((60, 1)), groups[:60], BINARY) for _ in range(2))
    assert np.array_equal(once.weight, again.weight) and np.array_equal(once.bias, again.bias)


def test_every_kind_of_finding(layout):
    rng = np.random.default_rng(0)
    points = rng.normal(size=(60, 8))
    labels = np.column_stack([points[:, 0] > 0, points[:, 1:4].argmax(1), 100 + 20 * points[:, 4]]).astype(float)
    head = held_out.fit(points, labels, np.ones((60, 3)), np.arange(60), layout)
    plain = heads.fit(points, labels, np.ones((60, 3)), layout)
    assert np.array_equal(head.weight[-1], plain.weight[-1])
    assert head.trained == (True, True, True)
