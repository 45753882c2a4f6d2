"""The space in which images are compared, and how far each reaches."""

import numpy as np
import pytest

from labeling.selection.geometry import Kernel, PartialWhitening


@pytest.fixture
def points():
    """Normal about 5 in six directions, of standard deviations from 100 to 0.01."""
    rng = np.random.default_rng(0)
    turned, _ = np.linalg.qr(rng.normal(size=(6, 6)))
    spread = np.array([100, 10, 1, 1, 0.1, 0.01])
    return (5 + rng.normal(size=(4000, 6)) * spread @ turned.T).astype(np.float32)


def test_evened_directions_keep_the_roots_of_their_deviations(points):
    evened = PartialWhitening.on(points)(points)
    deviations = np.sort(np.linalg.svd(evened - evened.mean(axis=0), compute_uv=False) / np.sqrt(len(points)))
    assert np.allclose(evened.mean(axis=0), 0, atol=0.01)
    assert deviations[1:] == pytest.approx(np.sqrt([0.1, 1, 1, 10, 100]), rel=0.1)


def test_evening_is_blind_to_rotation_and_shift(points):
    turned, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(6, 6)))
    before, after = (
        PartialWhitening.on(points)(points[:50]),
        PartialWhitening.on(points @ turned + 3)(points[:50] @ turned + 3),
    )
    lengths = [np.linalg.norm(each[:, None] - each[None], axis=2) for each in (before, after)]
    assert np.allclose(*lengths, rtol=0.02, atol=0.05)


def test_a_direction_in_which_nothing_varies_adds_nothing(points):
    wider = np.hstack([points, np.full((len(points), 2), 7, np.float32)])
    evened = PartialWhitening.on(wider)(wider)
    assert np.isfinite(evened).all()
    assert np.linalg.norm(evened, axis=1) == pytest.approx(
        np.linalg.norm(PartialWhitening.on(points)(points), axis=1), rel=0.01
    )


def test_one_image_or_many_alike_are_no_trouble():
    for alike in (np.ones((1, 3), np.float32), np.ones((40, 3), np.float32)):
        evened = PartialWhitening.on(alike)
        similar = Kernel.on(evened(alike), evened(alike[:0]))(evened(alike))
        assert np.isfinite(similar).all() and similar == pytest.approx(1.0)


@pytest.fixture
def dense_and_sparse():
    rng = np.random.default_rng(0)
    return np.concatenate([rng.normal(0, 1, (300, 2)), 100 + rng.normal(0, 10, (300, 2))]).astype(np.float32)


def test_an_image_in_a_sparse_place_reaches_further(dense_and_sparse):
    kernel = Kernel.on(dense_and_sparse, dense_and_sparse[::4])
    assert kernel.trust == 1
    assert np.median(kernel.widths[300:]) == pytest.approx(10 * np.median(kernel.widths[:300]), rel=0.2)
    reached = (kernel(dense_and_sparse) > 0.5).sum(axis=1)
    assert np.median(reached[300:]) == pytest.approx(np.median(reached[:300]), rel=0.2)


def test_with_few_labels_all_reach_as_far_as_labels_are_apart(dense_and_sparse):
    known = np.array([[-50, 0], [0, 50], [150, 150], [50, 0]], np.float32)
    kernel = Kernel.on(dense_and_sparse, known)
    assert kernel.trust < 0.001
    assert kernel.widths == pytest.approx(kernel.width, rel=0.01)


def test_a_similarity_is_one_in_the_same_place_and_falls_with_distance():
    points = np.arange(20, dtype=np.float32)[:, None]
    similar = Kernel.on(points, points[::2])(points)
    assert np.diag(similar) == pytest.approx(1) and (np.diff(similar[0]) < 1e-4).all() and similar.min() >= 0


def test_copies_of_an_image_are_alike():
    rng = np.random.default_rng(0)
    copies = np.repeat(rng.normal(size=(8, 12)), 12, axis=0)
    points = np.concatenate([copies, rng.normal(size=(300, 12))]).astype(np.float32)
    similar = Kernel.on(points, points)(points)
    assert all(similar[place : place + 12, place : place + 12].min() > 0.99 for place in range(0, 96, 12))


def test_labelled_twins_do_not_tell_how_far_images_are_apart():
    points = np.random.default_rng(0).normal(size=(40, 64)).astype(np.float32)
    assert Kernel.on(points, np.repeat(points, 2, axis=0)).width == pytest.approx(
        Kernel.on(points, points).width, rel=1e-3
    )
