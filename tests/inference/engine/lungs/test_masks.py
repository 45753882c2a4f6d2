import numpy as np

from inference.engine.lungs.masks import filled, halves, largest, solidity


def blank():
    return np.zeros((20, 30), bool)


def test_the_largest_parts_come_first_and_specks_stay_out():
    mask = blank()
    mask[2:10, 2:8] = mask[2:15, 12:20] = mask[18, 28] = True
    first, second = largest(mask, 2)
    assert (first.sum(), second.sum()) == (13 * 8, 8 * 6)


def test_fewer_parts_than_asked_for():
    assert largest(blank(), 2) == []


def test_parts_that_touch_at_a_corner_are_two():
    mask = blank()
    mask[2:5, 2:5] = mask[5:8, 5:8] = True
    assert len(largest(mask, 3)) == 2


def test_holes_are_filled_and_bays_are_not():
    mask = blank()
    mask[2:12, 2:12] = True
    mask[5:7, 5:7] = False
    mask[0:4, 9] = False
    whole = filled(mask)
    assert whole[5:7, 5:7].all()
    assert not whole[2:4, 9].any()


def test_a_mask_without_holes_stays():
    mask = blank()
    mask[2:12, 2:12] = True
    assert np.array_equal(filled(mask), mask)


def test_lungs_that_touch_are_cut_at_their_thinnest():
    mask = blank()
    mask[2:18, 2:13] = mask[2:18, 15:28] = True
    mask[9, 13:15] = True
    left, right = halves(mask)
    assert not left[:, 14:].any()
    assert not right[:, :13].any()
    assert left.sum() + right.sum() >= mask.sum() - 2


def test_a_rectangle_is_solid_and_a_corner_is_less():
    mask = blank()
    mask[2:12, 2:12] = True
    assert solidity(mask) == 1
    mask[2:8, 2:8] = False
    assert solidity(mask) == 64 / 82


def test_nothing_is_not_solid():
    assert solidity(blank()) == 0
