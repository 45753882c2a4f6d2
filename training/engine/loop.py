"""The slow loop: epochs over a training set, seen live, stopped at will, resumed to the same curve."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from inference.engine.bundle import Bundle
from inference.engine.digest import ArtifactError
from inference.engine.network import Network
from training.engine import checkpoint as checkpoints
from training.engine.augmentation import augment
from training.engine.dataset import Split, TrainingSet
from training.engine.initial_weights import initial_network
from training.engine.losses import Criterion, criterion_for
from training.engine.policies import POLICIES
from training.engine.recipe import Recipe
from training.engine.schedule import epochs_left, learning_rate
from training.engine.scoring import aurocs, logits_of, loss_of

REPORT_EVERY_S = 1.0
CLIP = 5.0  # the gradient's norm


class Stopped(Exception):
    """Training was asked to stop. The checkpoint holds the last whole epoch; `fit` goes on from there."""


class Diverged(RuntimeError):
    """The loss is no longer a number; a smaller learning rate may help."""


@dataclass(frozen=True)
class EpochMetrics:
    """What one epoch came to. `validation_error` is the standard error of the loss; None without validation labels."""

    train_loss: float
    validation_loss: float | None
    validation_error: float | None
    validation_auroc: dict[str, float]
    seconds: float


@dataclass(frozen=True)
class Progress:
    """Where a run stands: epoch of epochs (from 1), step of steps within it, losses so far, seconds in all.

    The validation figures are those of the last whole epoch.
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
    """A trained network with its kept epoch's weights (`kept` counts from 1) and every epoch's figures."""

    network: Network
    recipe: Recipe
    criterion: Criterion
    history: tuple[EpochMetrics, ...]
    best_epoch: int


def fit(
    data: TrainingSet,
    recipe: Recipe,
    *,
    on_progress: Callable[[Progress], None],
    checkpoint: Path,
    should_stop: Callable[[], bool],
    initial: Bundle | None = None,
) -> Fitted:
    """Train by the recipe, from the checkpoint at that path where there is one.

    `should_stop` is asked before every batch; Stopped is raised when it says yes. `on_progress` hears of every epoch
    and about once a second. The same data, recipe and seed give the same weights on the same CPU, interrupted or not,
    unless a time limit shortened the run. Raises ArtifactError for a checkpoint or initial weights of something else.
    """
    if recipe.preparation() != data.preparation:
        raise ValueError("The images were not prepared as the recipe says.")
    with reproducible(recipe):
        run = Trainer(data, recipe, initial)
        if checkpoint.exists():
            run.resume(checkpoints.read(checkpoint))
            on_progress(run.whole_epoch())  # whoever kept it may have ended before it was told
        while run.epochs_left():
            run.train_epoch(on_progress, should_stop)
            checkpoints.write(checkpoint, run.state())
            on_progress(run.whole_epoch())
        return run.fitted()


@contextmanager
def reproducible(recipe: Recipe) -> Iterator[None]:
    """The recipe's seed and threads within, the caller's random numbers and threads again afterwards."""
    threads = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        torch.set_num_threads(recipe.threads or threads)
        try:
            yield
        finally:
            torch.set_num_threads(threads)


class Trainer:
    """A training in progress: network, optimiser, history, and the weights kept so far."""

    def __init__(self, data: TrainingSet, recipe: Recipe, initial: Bundle | None) -> None:
        self.data, self.recipe = data, recipe
        self.rows = data.labelled(Split.TRAIN)
        if not len(self.rows):
            raise ValueError("No case for training has a known label.")
        self.criterion = criterion_for(
            data.labels[self.rows], data.weights[self.rows], data.layout, balanced=recipe.loss == "weighted_bce"
        )
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = initial_network(recipe, self.criterion, initial)
        self.network = network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.history: list[EpochMetrics] = []
        self.position = 0.0  # of the schedule, 0 to 1
        self.best_epoch, self.best_weights = 0, self._weights()

    @property
    def steps(self) -> int:
        """Batches an epoch; a last incomplete one is left out, other cases each epoch."""
        return max(1, len(self.rows) // self.recipe.batch)

    def epochs_left(self) -> int:
        if self.recipe.patience and len(self.history) - self.best_epoch >= self.recipe.patience:
            return 0
        return epochs_left(self.recipe, [epoch.seconds for epoch in self.history])

    def train_epoch(self, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]) -> None:
        """One pass over the training cases in an order drawn from the seed and the epoch's number, then validation."""
        begun = reported = time.monotonic()
        torch.manual_seed(self.recipe.seed + 1_000_003 * (len(self.history) + 1))
        order = self.rows[torch.randperm(len(self.rows)).numpy()]
        to_come, total = self.steps * self.epochs_left(), 0.0
        for step in range(self.steps):
            if should_stop():
                raise Stopped(f"Training was stopped in epoch {len(self.history) + 1}.")
            total += self._step(order[step * self.recipe.batch : (step + 1) * self.recipe.batch])
            self.position += (1 - self.position) / (to_come - step)
            now = time.monotonic()
            if now - reported >= REPORT_EVERY_S and step + 1 < self.steps:  # the last is told with the validation
                on_progress(self.progress(len(self.history) + 1, step + 1, total / (step + 1), now - begun))
                reported = now
            if self.recipe.time_limit_s and self._spent() + now - begun > self.recipe.time_limit_s:
                break
        self._close(total / (step + 1), begun)

    def whole_epoch(self) -> Progress:
        """Where the run stands after its last epoch."""
        return self.progress(len(self.history), self.steps, self.history[-1].train_loss)

    def progress(self, epoch: int, step: int, train_loss: float, seconds: float = 0.0) -> Progress:
        """Where the run stands, `seconds` into an epoch that is not over."""
        last = self.history[-1] if self.history else None
        return Progress(
            epoch=epoch,
            epochs=len(self.history) + self.epochs_left(),
            step=step,
            steps=self.steps,
            train_loss=train_loss,
            validation_loss=last.validation_loss if last else None,
            validation_auroc=last.validation_auroc if last else {},
            seconds=self._spent() + seconds,
        )

    def state(self) -> checkpoints.Checkpoint:
        facts = {
            "recipe": self.recipe.to_dict(),
            "data": self.data.fingerprint,
            "history": [asdict(epoch) for epoch in self.history],
            "position": self.position,
            "kept": self.best_epoch,
        }
        optimiser = checkpoints.optimiser_state(self.optimiser)
        return checkpoints.Checkpoint(self._weights(), self.best_weights, optimiser, facts)

    def resume(self, checkpoint: checkpoints.Checkpoint) -> None:
        """Continue where `state` was taken. Raises ArtifactError for the checkpoint of another recipe or other data."""
        facts = checkpoint.facts
        if Recipe.from_dict(facts["recipe"]) != self.recipe or facts["data"] != self.data.fingerprint:
            raise ArtifactError("The checkpoint belongs to another run.")
        self.network.load_state_dict(checkpoint.weights)
        checkpoints.optimiser_restore(self.optimiser, checkpoint.optimiser)
        self.history = [EpochMetrics(**epoch) for epoch in facts["history"]]
        self.position, self.best_epoch, self.best_weights = facts["position"], facts["kept"], checkpoint.best_weights

    def fitted(self) -> Fitted:
        self.network.load_state_dict(self.best_weights)
        return Fitted(self.network.cpu().eval(), self.recipe, self.criterion, tuple(self.history), self.best_epoch)

    def _step(self, rows: NDArray[np.intp]) -> float:
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.recipe, self.position)
        preparation = self.data.preparation
        images = torch.from_numpy(preparation.normalise(self.data.images[rows])).to(self.device)
        black = torch.from_numpy(preparation.normalise(np.zeros_like(self.data.images[:1])))[0, :, :1, :1].to(images)
        images = augment(images, POLICIES[self.recipe.augmentation], black=black)
        labels = torch.from_numpy(self.data.labels[rows]).to(self.device)
        weights = torch.from_numpy(self.data.weights[rows]).to(self.device)
        self.network.train()
        with torch.autocast("cuda", torch.bfloat16, enabled=self.device.type == "cuda"):
            logits = self.network(images.contiguous(memory_format=torch.channels_last)).logits
        loss = self.criterion(logits.float(), labels, weights)
        if not torch.isfinite(loss):
            raise Diverged(f"The loss became {loss.item()} in epoch {len(self.history) + 1}.")
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
        self.optimiser.step()
        return loss.item()

    def _close(self, train_loss: float, begun: float) -> None:
        """Validate, keep the weights if they are acceptable, and enter the epoch into the history.

        Kept is the latest epoch whose validation loss is within one standard error of the best so far (Breiman's rule,
        1984): on a hundred cases the minimum itself is mostly chance, and a cycle's last epochs generalise best.
        """
        rows = self.data.rows(Split.VALIDATION)
        logits, labels = logits_of(self.network, self.data, rows), self.data.labels[rows]
        loss, error = loss_of(self.criterion, logits, labels, self.data.weights[rows]) or (None, None)
        areas = aurocs(logits, labels, self.data.layout)
        self.history.append(EpochMetrics(train_loss, loss, error, areas, time.monotonic() - begun))
        if self._acceptable(self.history[-1]):
            self.best_epoch, self.best_weights = len(self.history), self._weights()

    def _acceptable(self, epoch: EpochMetrics) -> bool:
        if epoch.validation_loss is None:
            return True
        best, error = min((past.validation_loss or 0.0, past.validation_error or 0.0) for past in self.history)
        return epoch.validation_loss <= best + error

    def _weights(self) -> checkpoints.State:
        return {name: tensor.detach().cpu().clone() for name, tensor in self.network.state_dict().items()}

    def _spent(self) -> float:
        return sum(epoch.seconds for epoch in self.history)
