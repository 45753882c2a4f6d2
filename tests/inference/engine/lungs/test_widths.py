import numpy as np
import pytest

from inference.engine.lungs.widths import extremes, widest_row, widths_of


def chest():
    """Lungs from column 10 to 90, widest at row 60; a heart from 38 to 70, its left border lower than its right."""
    lungs = np.zeros((100, 100), bool)
    lungs[20:70, 15:40] = lungs[20:70, 60:85] = True
    lungs[60, 10:90] = True
    heart = np.zeros((100, 100), bool)
    heart[40:50, 38:60] = heart[50:60, 45:70] = True
    return lungs, heart


def test_the_ratio_is_that_of_the_two_widths():
    widths = widths_of(*chest())
    assert widths.ratio == pytest.approx((70 - 38) / (90 - 10))


def test_the_thorax_is_measured_where_it_is_widest():
    assert widest_row(chest()[0]) == ((10.0, 60.5), (90.0, 60.5))


def test_the_heart_is_drawn_at_the_height_of_its_left_border():
    assert extremes(chest()[1]) == ((38.0, 55.0), (70.0, 55.0))


def test_what_lies_beside_the_heart_above_the_lungs_middle_is_not_the_heart():
    lungs, heart = chest()
    heart[30:40, 20:60] = True
    assert widths_of(lungs, heart).heart[0][0] == 38


def test_without_a_heart_there_is_no_ratio():
    lungs, heart = chest()
    assert widths_of(lungs, np.zeros_like(heart)) is None
    assert widths_of(np.zeros_like(lungs), heart) is None
