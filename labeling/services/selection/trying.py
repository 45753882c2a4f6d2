"""Whether a strategy can be asked, before anything depends on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labeling.selection.pool import Output, Pool
from labeling.services.selection.strategy import strategy_check, strategy_of

ROWS, LABELLED = 40, 10


def strategy_try(name: str, layout: Sequence[Output]) -> None:
    """Ask a strategy once, of a few made-up images with these findings. Another library is imported: for workers and
    commands only. Raises ValidationError for a name that is none, StrategyFailed where the strategy cannot be asked.
    """
    strategy_check(name)
    if ":" in name:  # the registered ones take every pool
        strategy_of(name)(_pool(tuple(layout)), 5, rng=np.random.default_rng(0))


def _pool(layout: tuple[Output, ...]) -> Pool:
    """Forty images of which the last ten are labelled, every finding with each of its answers."""
    rng, answers = np.random.default_rng(0), np.arange(LABELLED)
    outputs = np.hstack(
        [rng.dirichlet(np.ones(max(output.columns, 2)), ROWS)[:, : output.columns] for output in layout]
    )
    labels = np.stack([answers % max(output.columns, 2) for output in layout], axis=1)
    embeddings = rng.normal(size=(ROWS, 8)).astype(np.float16)
    return Pool(outputs, layout, embeddings=embeddings, labelled=ROWS - LABELLED + answers, labels=labels.astype(float))
