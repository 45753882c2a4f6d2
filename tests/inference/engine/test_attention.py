import numpy as np
import pytest

from inference.engine.attention import Box, deletion, enlarged, insertion, points_at, share_of

IMAGE = np.zeros((1, 32, 32), np.float32)
IMAGE[0, 4:12, 20:28] = 2.0
GOOD = np.zeros((8, 8))
GOOD[1:3, 5:7] = 1.0
BAD = -GOOD


def score(images):
    """How much of the bright square is there, 0 to 1."""
    return images[:, 0, 4:12, 20:28].mean((1, 2)).astype(np.float64) / 2


def test_a_map_of_the_object_falls_fast_and_rises_fast():
    assert deletion(score, IMAGE, GOOD) == pytest.approx(1 / 16, abs=0.01)  # gone at the first of eight steps
    assert deletion(score, IMAGE, BAD) > 0.9
    assert insertion(score, IMAGE, GOOD) > insertion(score, IMAGE, BAD) + 0.1


def test_a_random_map_lies_between():
    random = np.random.default_rng(0).random((8, 8))
    assert deletion(score, IMAGE, GOOD) < deletion(score, IMAGE, random) < deletion(score, IMAGE, BAD)


def test_the_highest_place_points_at_the_object():
    on_it = Box(20 / 32, 4 / 32, 28 / 32, 12 / 32)
    assert points_at(GOOD, [on_it]) and not points_at(BAD, [on_it]) and not points_at(GOOD, [])
    assert enlarged(GOOD, 32).shape == (32, 32)


def test_boxes_that_overlap_are_counted_once():
    assert share_of([Box(0, 0, 0.5, 0.5), Box(0, 0, 0.5, 0.5)]) == pytest.approx(0.25)
    assert share_of([]) == 0
