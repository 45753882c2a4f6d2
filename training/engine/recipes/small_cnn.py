"""The default: a small network from random weights, at most eight minutes whatever the machine.

On a thousand radiographs its 80 epochs take about a minute on two idle cores; long training under strong augmentation is
what few images need (20 epochs lost half a point of AUROC). Where the time is too short the cycle is fitted into it.
"""

from training.engine.recipe import Recipe

RECIPE = Recipe(time_limit_s=480.0)
