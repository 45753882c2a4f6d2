"""What a training reports: the metrics of its epochs, where it stands, and the trained network."""

from collections.abc import Sequence
from dataclasses import dataclass

from inference.engine.network import Network
from training.engine.losses import Criterion
from training.engine.recipe import Recipe


@dataclass(frozen=True)
class EpochMetrics:
    """The metrics of one epoch, stored in checkpoints and model cards under these names.

    `validation_error` is the standard error of the validation loss. Both are None without validation labels.
    """

    train_loss: float
    validation_loss: float | None
    validation_error: float | None
    validation_auroc: dict[str, float]
    seconds: float


@dataclass(frozen=True)
class Progress:
    """Where a run stands: epoch of epochs (from 1), step of steps within it, losses so far, seconds in all.

    The validation metrics are those of the last complete epoch.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    train_loss: float
    validation_loss: float | None
    validation_auroc: dict[str, float]
    seconds: float


@dataclass(frozen=True)
class Fitted:
    """A trained network with the weights of its best epoch (counted from 1), and every epoch's metrics."""

    network: Network
    recipe: Recipe
    criterion: Criterion
    history: tuple[EpochMetrics, ...]
    best_epoch: int


def last_is_best(history: Sequence[EpochMetrics]) -> bool:
    """Whether the last epoch's validation loss lies within one standard error of the lowest (Breiman's rule, 1984).

    The latest such epoch is the best one: on a hundred cases the minimum itself is mostly chance, and the last epochs of
    a cycle generalise best. Without validation labels the last epoch always is.
    """
    last = history[-1]
    if last.validation_loss is None:
        return True
    lowest = min(history, key=lambda epoch: (epoch.validation_loss or 0.0, epoch.validation_error or 0.0))
    return last.validation_loss <= (lowest.validation_loss or 0.0) + (lowest.validation_error or 0.0)
