import numpy as np
import pytest

from inference.engine import heads
from inference.engine.probability import calibrated, sigmoid, uncalibrated


@pytest.fixture
def cases():
    """400 float16 embeddings of 32 numbers, and the labels that follow from three of them."""
    rng = np.random.default_rng(0)
    embeddings = (rng.normal(size=(400, 32)) * 5 + 3).astype(np.float16)
    z = (embeddings.astype(float) - 3) / 5
    return embeddings, np.column_stack([z[:, 0] > 0, z[:, 1:4].argmax(1), 100 + 20 * z[:, 4]]).astype(float)


def test_it_learns_each_kind(cases, layout):
    embeddings, labels = cases
    head = heads.fit(embeddings[:300], labels[:300], np.ones((300, 3)), layout)
    answers = calibrated(head.score(embeddings[300:]), layout, uncalibrated(layout))
    assert head.trained == (True, True, True)
    assert ((answers[:, 0] > 0.5) == labels[300:, 0]).mean() > 0.9
    assert (answers[:, 1:4].argmax(1) == labels[300:, 1]).mean() > 0.8
    assert np.abs(answers[:, 4] - labels[300:, 2]).mean() < 3


def test_scoring_is_one_matrix_product(cases, layout):
    embeddings, labels = cases
    head = heads.fit(embeddings, labels, np.ones(labels.shape), layout)
    wanted = embeddings.astype(np.float32) @ head.weight.T + head.bias
    assert np.allclose(head.score(embeddings), wanted, rtol=1e-5, atol=1e-4)


def test_a_row_has_the_same_logits_alone_as_among_others(cases, layout):
    embeddings, labels = cases
    head, rng = heads.fit(embeddings, labels, np.ones(labels.shape), layout), np.random.default_rng(0)
    together = head.score(embeddings)
    for size in (1, 2, 7, 63, 200):
        rows = rng.choice(len(embeddings), size, replace=False)
        assert np.array_equal(head.score(embeddings[rows]), together[rows])


def test_unknown_labels_are_left_out(cases, layout):
    embeddings, labels = cases
    partly = labels.copy()
    partly[200:] = np.nan
    spoiled, weights = labels.copy(), np.ones(labels.shape)
    spoiled[200:], weights[200:] = 1 - labels[200:], 0
    assert np.array_equal(
        heads.fit(embeddings, partly, np.ones(labels.shape), layout).weight,
        heads.fit(embeddings, spoiled, weights, layout).weight,
    )


def test_a_soft_label_counts_on_both_sides(cases, layout):
    embeddings, labels = cases
    labels[:, 0] = 0.5
    head = heads.fit(embeddings, labels, np.ones(labels.shape), layout)
    assert sigmoid(head.score(embeddings)[:, 0].astype(float)) == pytest.approx(np.full(400, 0.5), abs=0.05)


def test_with_one_class_every_image_gets_the_smoothed_frequency(cases, layout):
    embeddings, labels = cases
    labels[:] = [1, 2, 90]
    head = heads.fit(embeddings[:8], labels[:8], np.ones((8, 3)), layout)
    answers = calibrated(head.score(embeddings), layout, uncalibrated(layout))
    assert head.trained == (False, False, False)
    assert answers[7] == pytest.approx([9 / 10, 1 / 11, 1 / 11, 9 / 11, 90])


def test_without_labels_every_answer_is_as_likely(layout):
    head = heads.fit(np.zeros((0, 4)), np.zeros((0, 3)), np.zeros((0, 3)), layout)
    answers = calibrated(head.score(np.ones((2, 4))), layout, uncalibrated(layout))
    assert answers[0] == pytest.approx([1 / 2, 1 / 3, 1 / 3, 1 / 3, 0])


def test_an_option_never_seen_stays_the_least_likely(cases, layout):
    embeddings, labels = cases
    labels[:, 1] = np.where(labels[:, 1] == 2, 0, labels[:, 1])
    head = heads.fit(embeddings, labels, np.ones(labels.shape), layout)
    answers = calibrated(head.score(embeddings), layout, uncalibrated(layout))[:, 1:4]
    assert answers[:, 2].mean() < 0.1
    assert (answers.argmax(1) == labels[:, 1]).mean() > 0.9
