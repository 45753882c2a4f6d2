"""A first model within three quarters of a minute, whatever the machine: the cycle is fitted into the time."""

from training.engine.recipe import Recipe

RECIPE = Recipe(size=128, epochs=100, time_limit_s=40.0)
