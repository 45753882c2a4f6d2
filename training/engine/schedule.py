"""The learning rate, as a function of the share of the run that is over."""

import math

from training.engine.recipe import Recipe

# Shares of the run and of the peak rate, as in torch's OneCycleLR. That class itself needs the number of steps at the
# start, and a time limit changes it.
WARM_UP = 0.3
FIRST = 1 / 25
LAST = 1 / 250_000


def learning_rate(recipe: Recipe, position: float) -> float:
    """The rate at `position`, 0 to 1 of the run: the recipe's, or one cycle up to it and down (Smith, Topin 2018)."""
    if recipe.schedule == "constant":
        return recipe.learning_rate
    if position < WARM_UP:
        return recipe.learning_rate * _cosine(FIRST, 1.0, position / WARM_UP)
    return recipe.learning_rate * _cosine(1.0, LAST, (position - WARM_UP) / (1 - WARM_UP))


def epochs_left(recipe: Recipe, seconds: list[float]) -> int:
    """How many epochs are still to come: the recipe's, or what its time limit allows. `seconds`: of each past epoch.

    The last epoch's pace is the forecast, so a run on a machine that grows busy still completes its cycle in time.
    """
    left = recipe.epochs - len(seconds)
    if recipe.time_limit_s and seconds:
        left = min(left, int((recipe.time_limit_s - sum(seconds)) / max(seconds[-1], 1e-3)))
    return max(left, 0)


def _cosine(start: float, end: float, share: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * min(share, 1.0))) / 2
