"""The curves of one case as a picture."""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from tests.bench.labels.data import Data
from tests.bench.labels.protocol import Curve
from tests.bench.rows import OURS


def draw(case: str, data: Data, curves: dict[str, list[Curve]]) -> Path:
    """Mean curves over the seeds, ours with the middle half of its seeds shaded. Where it was written."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, of_it in curves.items():
        values, labels = np.array([each.values for each in of_it]), of_it[0].labels
        ours = name == OURS
        axes.plot(labels, values.mean(axis=0), label=name, linewidth=3 if ours else 1, zorder=3 if ours else 2)
        if ours:
            axes.fill_between(labels, *np.quantile(values, (0.25, 0.75), axis=0), alpha=0.2)
    axes.set(title=case, xlabel="labels", ylabel=data.metric.replace("_", " "))
    axes.legend(fontsize="small", loc="lower right")
    file = folder() / f"{case}.png"
    figure.savefig(file, dpi=120)
    return file


@lru_cache(maxsize=1)
def folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="overread-bench-labels-"))
