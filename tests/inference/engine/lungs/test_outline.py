import numpy as np
import pytest

from inference.engine.lungs.outline import edge_corners, outline


def disc(radius=20.0, size=64):
    rows, columns = np.mgrid[:size, :size] + 0.5
    return (rows - 30) ** 2 + (columns - 34) ** 2 <= radius**2


def area_of(points):
    x, y = points.T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))


def test_the_edge_of_one_pixel_is_its_four_corners_clockwise():
    mask = np.zeros((4, 4), bool)
    mask[1, 2] = True
    assert edge_corners(mask).tolist() == [[2, 1], [3, 1], [3, 2], [2, 2]]


def test_the_edge_encloses_as_many_pixels_as_the_mask():
    assert area_of(edge_corners(disc())) == disc().sum()


def test_an_edge_that_touches_itself_at_a_corner_is_followed_to_the_end():
    mask = np.ones((4, 4), bool)
    mask[1, 1] = mask[0, 0] = False  # the two meet at a corner
    assert area_of(edge_corners(mask)) in (14, 15)
    assert len(edge_corners(mask)) >= 16


def test_the_outline_of_a_disc_is_near_its_circle():
    points = outline(disc(), 48)
    assert points.shape == (48, 2)
    assert np.abs(np.hypot(points[:, 0] - 34, points[:, 1] - 30) - 20).max() < 0.7


def test_a_mask_on_the_border_has_an_outline():
    assert outline(np.ones((8, 8), bool), 16).min() >= 0


def test_an_empty_mask_has_none():
    with pytest.raises(ValueError, match="no outline"):
        outline(np.zeros((5, 5), bool), 8)
