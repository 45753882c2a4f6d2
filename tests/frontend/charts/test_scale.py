"""Numbers to places."""

from __future__ import annotations

import pytest

from frontend.charts.scale import LinearScale, tick_labels, ticks


def test_a_scale_maps_its_ends():
    scale = LinearScale(0.5, 1.0, 40, 448)
    assert [scale(0.5), scale(1.0), scale(0.75)] == [40, 448, 244]


def test_a_value_outside_is_held_at_the_end():
    assert LinearScale(0, 1, 10, 20).clamped(3.0) == 20


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.0, 1.0, [0, 0.2, 0.4, 0.6, 0.8, 1.0]), (0.7, 0.852, [0.7, 0.75, 0.8, 0.85, 0.9]), (0, 30, [0, 10, 20, 30])],
)
def test_ticks_are_round_and_hold_both_ends(low, high, expected):
    assert ticks(low, high) == expected


def test_words_have_as_many_decimals_as_are_needed():
    assert tick_labels([0.7, 0.75, 0.8]) == ["0.70", "0.75", "0.80"]
    assert tick_labels([0.0, 10.0]) == ["0", "10"]
