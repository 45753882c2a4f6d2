"""The slow loop: epochs over a training set. It reports live, stops when asked, and resumes to the same curve."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch

from inference.engine.bundle import Bundle
from training.engine import checkpoint as checkpoints
from training.engine.dataset import TrainingSet
from training.engine.recipe import Recipe
from training.engine.results import Fitted, Progress
from training.engine.trainer import Trainer


def fit(
    data: TrainingSet,
    recipe: Recipe,
    *,
    on_progress: Callable[[Progress], None],
    checkpoint: Path,
    should_stop: Callable[[], bool],
    initial: Bundle | None = None,
) -> Fitted:
    """Train by the recipe. A checkpoint at that path is continued.

    `on_progress` is called after every epoch and about once a second. The same data, recipe and seed give the same
    weights on the same CPU, interrupted or not, unless a time limit shortened the run. Raises Stopped when
    `should_stop`, which is asked before every batch, says yes; Diverged; ValueError for images prepared otherwise than
    the recipe says; ArtifactError for a checkpoint or initial weights of something else.
    """
    if recipe.preparation() != data.preparation:
        raise ValueError("The images were not prepared as the recipe says.")
    with reproducible(recipe):
        trainer = Trainer(data, recipe, initial)
        if checkpoint.exists():
            trainer.resume(checkpoints.read(checkpoint))
            # The process that wrote the checkpoint may have died before it reported the epoch.
            on_progress(trainer.after_epoch())
        while trainer.epochs_left():
            trainer.train_epoch(on_progress, should_stop)
            checkpoints.write(checkpoint, trainer.state())
            on_progress(trainer.after_epoch())
        return trainer.fitted()


@contextmanager
def reproducible(recipe: Recipe) -> Iterator[None]:
    """The recipe's seed and threads within. Afterwards the caller's random state and threads are restored."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        torch.set_num_threads(recipe.threads or threads)
        try:
            yield
        finally:
            torch.set_num_threads(threads)
