"""Two learning curves beside each other: how much better one is, and how many labels and minutes that is worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

from labeling.selection.worth.labelled import Float, LabelledImages, Rows
from labeling.selection.worth.trials import Trials

RESAMPLES = 1000
# Of every interval. Two comparisons are looked at, and resampling patients does not redraw what the scouts learned from:
# where nothing was to be found, intervals of 97.5 % left out 0 in 8 % of simulated comparisons of the arms.
LEVEL = 0.99
# Timed cases of either kind before minutes are told: the median of fewer is one reader's afternoon.
TIMED = 20


@dataclass(frozen=True)
class BootstrapInterval:
    """A value with its bootstrap interval at LEVEL, low to high."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, replicates: Float) -> BootstrapInterval:
        """(1 + B,): the figure as measured first, then its resamples. Resamples that tell nothing (NaN) are left out."""
        low, high = np.nanquantile(replicates[1:], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return cls(float(replicates[0]), float(low), float(high))


@dataclass(frozen=True)
class Seconds:
    """Active reading time of single cases, in seconds: those that the strategy chose, and those drawn at random."""

    chosen: Float
    random: Float


@dataclass(frozen=True)
class Comparison:
    """The strategy's way beside the random way.

    sizes (R,): labels. chosen, random (R,): quality at each (mean AUROC). gain: mean of chosen − random over the sizes.
    saved: labels fewer than random needs for the level that it reaches at the last size; below 0 are labels more.
    minutes: reading time saved on the way to that level; None where too few cases were timed. tested: images.
    """

    sizes: tuple[int, ...]
    chosen: tuple[float, ...]
    random: tuple[float, ...]
    gain: BootstrapInterval
    saved: BootstrapInterval
    minutes: BootstrapInterval | None
    tested: int


def compare(data: LabelledImages, trials: Trials, seconds: Seconds, *, seed: int) -> Comparison | None:
    """Both ways of these trials, with intervals over patients and repetitions; None where no finding could be told."""
    rng = np.random.default_rng(seed)
    chosen, random = trials.curves(data, RESAMPLES, rng)
    if not np.isfinite([chosen[0], random[0]]).all():
        return None
    saved = np.array([labels_saved(trials.sizes, *ways) for ways in zip(chosen, random, strict=True)])
    return Comparison(
        sizes=tuple(trials.sizes.tolist()),
        chosen=tuple(chosen[0].tolist()),
        random=tuple(random[0].tolist()),
        gain=BootstrapInterval.of((chosen - random).mean(axis=1)),
        saved=BootstrapInterval.of(saved),
        minutes=_minutes(saved, int(trials.sizes[-1]), seconds, rng),
        tested=len(np.unique(np.concatenate([trial.rows for trial in trials.each]))),
    )


def labels_saved(sizes: Rows, chosen: Float, random: Float) -> float:
    """Labels (budget − needed) by which `chosen` (R,) is sooner at the level that `random` (R,) ends on.

    Where it does not get there, minus the labels by which random is sooner at the level that it ends on: exchanging the
    two changes the sign and nothing else, so that noise saves nothing on average. Both curves are made to rise first
    (isotonic regression), or a chance peak would count as having arrived. NaN where a curve has a gap.
    """
    if not np.isfinite([chosen, random]).all():
        return float("nan")
    first = isotonic_regression(chosen).x
    second = isotonic_regression(random).x
    if first[-1] >= second[-1]:
        return float(sizes[-1] - _needed(sizes, first, second[-1]))
    return float(_needed(sizes, second, first[-1]) - sizes[-1])


def _needed(sizes: Rows, rising: Float, level: float) -> float:
    """The first size at which a rising curve is at the level, between two sizes on a straight line."""
    at = int(np.argmax(rising >= level - 1e-12))  # isotonic regression averages, which may round to just below
    if at == 0:
        return float(sizes[0])
    return float(np.interp(level, rising[at - 1 : at + 1], sizes[at - 1 : at + 1]))


def _minutes(saved: Float, budget: int, seconds: Seconds, rng: np.random.Generator) -> BootstrapInterval | None:
    """What the labels not read would have taken, and what the others take longer, by the median time of either kind."""
    if min(len(seconds.chosen), len(seconds.random)) < TIMED:
        return None
    chosen = _medians(seconds.chosen, len(saved) - 1, rng)
    random = _medians(seconds.random, len(saved) - 1, rng)
    return BootstrapInterval.of((budget * random - (budget - saved) * chosen) / 60)


def _medians(times: Float, resamples: int, rng: np.random.Generator) -> Float:
    """The median (1 + B,) as measured, then of resamples."""
    drawn = np.median(rng.choice(times, (resamples, len(times))), axis=1)
    return np.append(np.median(times), drawn)
