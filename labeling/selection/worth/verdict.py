"""Is selection worth it here? The two comparisons, the stopping signal, and what they amount to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from labeling.selection.strategies import Strategy
from labeling.selection.worth.comparing import Comparison, Seconds, compare
from labeling.selection.worth.labelled import Float, LabelledImages, Learner
from labeling.selection.worth.stopping import Stopping, stopping
from labeling.selection.worth.trials import arms, replay

Verdict = Literal["better", "not_shown", "worse", "too_few"]
# Labelled images before anything is said.
LABELLED = 100
# Images drawn by chance before anything is said; of the audit, before the arms are compared.
RANDOM = 30
# Images drawn by chance before a replay: a quarter is held out, and half of the rest is the budget.
REPLAYED = 60


@dataclass(frozen=True)
class Worth:
    """What is known of a strategy's worth. A comparison is None if there is too little data for it.

    labelled, random, picked: how many images of each kind there are. findings: the names of those that counted.
    chosen_seconds, random_seconds: median active reading time of a case of each kind; None if none was timed.
    """

    verdict: Verdict
    labelled: int
    random: int
    picked: int
    findings: tuple[str, ...]
    chosen_seconds: float | None
    random_seconds: float | None
    replay: Comparison | None
    arms: Comparison | None
    stopping: Stopping


def worth(
    data: LabelledImages,
    sample: NDArray[np.float32],
    seconds: Seconds,
    *,
    strategy: Strategy,
    learner: Learner,
    seed: int,
) -> Worth:
    """Compare the strategy with random order, the same result for the same seed. sample (m, D): unlabelled embeddings."""
    # Some six hundred small fits: one thread is ten times faster than several that wait for each other.
    with threadpool_limits(limits=1):
        return _worth(data, sample, seconds, strategy, learner, seed)


def _worth(
    data: LabelledImages, sample: NDArray[np.float32], seconds: Seconds, strategy: Strategy, learner: Learner, seed: int
) -> Worth:
    replayed = None
    armed = None
    signal = Stopping("too_few", sample=len(sample))
    if len(data) >= LABELLED and len(data.random) >= RANDOM and data.usable:
        replayed = _replayed(data, seconds, strategy, learner, seed)
        armed = _armed(data, seconds, learner, seed)
        signal = stopping(data, sample, learner, seed=seed)
    return Worth(
        verdict=verdict(replayed, armed),
        labelled=len(data),
        random=len(data.random),
        picked=len(data.picked),
        findings=tuple(data.layout[at].finding for at in data.usable),
        chosen_seconds=_median(seconds.chosen),
        random_seconds=_median(seconds.random),
        replay=replayed,
        arms=armed,
        stopping=signal,
    )


def _median(seconds: Float) -> float | None:
    if not len(seconds):
        return None
    return float(np.median(seconds))


def _replayed(
    data: LabelledImages, seconds: Seconds, strategy: Strategy, learner: Learner, seed: int
) -> Comparison | None:
    if len(data.random) < REPLAYED:
        return None
    return compare(data, replay(data, strategy, learner, seed=seed), seconds, seed=seed)


def _armed(data: LabelledImages, seconds: Seconds, learner: Learner, seed: int) -> Comparison | None:
    if len(data.audited) < RANDOM:
        return None
    trials = arms(data, learner, seed=seed)
    if trials is None:
        return None
    return compare(data, trials, seconds, seed=seed)


def verdict(*comparisons: Comparison | None) -> Verdict:
    """Better, or worse, if one comparison's interval lies wholly on that side of 0 and none wholly on the other."""
    told = [comparison.gain for comparison in comparisons if comparison is not None]
    if not told:
        return "too_few"
    above = any(gain.low > 0 for gain in told)
    below = any(gain.high < 0 for gain in told)
    if above == below:
        return "not_shown"  # neither, or the two comparisons speak against each other
    return "better" if above else "worse"
