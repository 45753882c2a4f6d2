"""Labels that a method needs: learning curves of ours, modAL's and scikit-activeml's strategies on the same starts.

Every case is a data set of tests/bench/labels; `CASE_noise_20` the same with three readers who each err in 20 of 100
answers, their majority being the label. Per system: `aulc_mean`, the mean height of the curve of accuracy, average
precision or AUROC from the first labels to the last; `labels_to_0.93_count`, where the mean curve reaches a target (0: it
does not); `positives_count`, positive images found. Between ours and every other: `aulc_difference_mean`, `_low` and
`_high` (paired bootstrap over seeds, 95 %), `wins_count` and `losses_count`, on the other's row. The probe is the product's
own scout. Curves are drawn as CASE.png in the folder that the last line of stderr names. `--cases` is the number of seeds.

`phantoms_rare`, `kermany` and `nih_64` are embedded by a small backbone that our recipe trained on other patients: some ten
minutes each, once, kept in the folder that OVERREAD_BENCH_CACHE names (else ~/.cache/overread-bench).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import product

import numpy as np
from threadpoolctl import threadpool_limits

from tests.bench.asked import Asked
from tests.bench.labels import plot
from tests.bench.labels.cases import DATA
from tests.bench.labels.data import Data, Missing
from tests.bench.labels.protocol import Curve, curve
from tests.bench.labels.statistics import difference
from tests.bench.labels.systems import systems
from tests.bench.rows import OURS, Row

SEEDS, QUICK = 20, 2
NOISE = (0.1, 0.2, 0.3)
NOISY, BEFORE_NOISE = "digits", (OURS, "random", "overread_margin", "modal_margin", "skactiveml_maxherding")
Curves = dict[str, list[Curve]]


def run(asked: Asked) -> Iterator[Row]:
    seeds = asked.cases or (QUICK if asked.quick else SEEDS)
    with ProcessPoolExecutor(os.cpu_count(), initializer=_alone) as pool:
        for case, name, flips in cases(asked):
            try:
                data = DATA[name]()
            except Missing as reason:
                print(f"labels: {case} is left out: {reason}", file=sys.stderr)
                continue
            known = [each for each in systems(data) if not asked.quick or not each.startswith("skactiveml")]
            yield from compared(pool, data, case, [*BEFORE_NOISE] if flips else known, flips, seeds)


def cases(asked: Asked) -> Iterator[tuple[str, str, float]]:
    """The cases that are wanted, each with its data set and how often a reader errs."""
    for name in ("digits", "digits_multilabel") if asked.quick else DATA:
        for flips in (0.0, *NOISE) if name == NOISY else (0.0,):
            case = f"{name}_noise_{flips * 100:.0f}" if flips else name
            if asked.wants(case):
                yield case, name, flips


def compared(
    pool: ProcessPoolExecutor, data: Data, case: str, names: list[str], flips: float, seeds: int
) -> Iterator[Row]:
    asked = list(product(names, range(seeds)))
    found = pool.map(one, [(data.name, name, seed, flips) for name, seed in asked])
    curves: Curves = {name: [] for name in names}
    for (name, _), each in zip(asked, found, strict=True):
        curves[name].append(each)
    print(f"labels: {plot.draw(case, data, curves)}", file=sys.stderr)
    for name in names:
        yield from rows(case, data, name, curves)


def one(asked: tuple[str, str, int, float]) -> Curve:
    name, system, seed, flips = asked
    data = DATA[name]()
    return curve(data, systems(data)[system](), seed, flips)


def _alone() -> None:
    threadpool_limits(1)  # as many processes as cores


def rows(case: str, data: Data, name: str, curves: Curves) -> Iterator[Row]:
    areas = {system: np.array([each.area for each in of_it]) for system, of_it in curves.items()}
    labels, mean = curves[name][0].labels, np.mean([each.values for each in curves[name]], axis=0)
    yield Row(case, "aulc_mean", float(areas[name].mean()), name)
    for target in data.targets:
        reached = np.flatnonzero(mean >= target)
        yield Row(case, f"labels_to_{target:g}_count", float(labels[reached[0]]) if len(reached) else 0.0, name)
    yield Row(case, "positives_count", float(np.mean([each.positives[-1] for each in curves[name]])), name)
    if name != OURS:
        apart = difference(areas[OURS], areas[name])
        for end in ("mean", "low", "high"):
            yield Row(case, f"aulc_difference_{end}", getattr(apart, end), name)
        yield Row(case, "wins_count", apart.wins, name)
        yield Row(case, "losses_count", apart.losses, name)
