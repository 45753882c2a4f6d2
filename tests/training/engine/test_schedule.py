import pytest

from training.engine.recipe import Recipe
from training.engine.schedule import epochs_left, learning_rate


def test_one_cycle_rises_to_the_peak_and_falls_to_nothing():
    recipe = Recipe(learning_rate=0.01)
    rates = [learning_rate(recipe, place) for place in (0, 0.15, 0.3, 0.65, 1)]
    assert rates[0] == pytest.approx(0.0004) and rates[2] == pytest.approx(0.01) and rates[4] < 1e-6
    assert rates[0] < rates[1] < rates[2] > rates[3] > rates[4]


def test_constant_is_constant():
    assert learning_rate(Recipe(schedule="constant"), 0.9) == Recipe().learning_rate


@pytest.mark.parametrize(
    ("limit", "seconds", "left"),
    [(0, [5, 5], 8), (100, [5, 5], 8), (30, [5, 5], 4), (30, [2, 8], 2), (9, [5, 5], 0), (30, [], 10)],
)
def test_a_time_limit_leaves_the_epochs_it_can_pay_for(limit, seconds, left):
    assert epochs_left(Recipe(epochs=10, time_limit_s=limit), seconds) == left
