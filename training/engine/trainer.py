"""A training in progress, from epoch to epoch. `loop.fit` drives it."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from inference.engine.bundle import Bundle
from inference.engine.digest import ArtifactError
from training.engine import checkpoint as checkpoints
from training.engine.augmentation import augment
from training.engine.dataset import Split, TrainingSet
from training.engine.initial_weights import initial_network
from training.engine.losses import criterion_for
from training.engine.policies import POLICIES
from training.engine.recipe import Recipe
from training.engine.results import EpochMetrics, Fitted, Progress, last_is_best
from training.engine.schedule import epochs_left, learning_rate
from training.engine.scoring import aurocs, logits_of, loss_of

REPORT_EVERY_S = 1.0
MAX_GRADIENT_NORM = 5.0  # clips the step of a bad batch, which at the peak rate could undo an epoch
EPOCH_SEED_STEP = 1_000_003  # beyond any number of epochs: runs with neighbouring seeds share no epoch's seed


class Stopped(Exception):
    """Training was asked to stop. The checkpoint holds the last complete epoch; `fit` goes on from there."""


class Diverged(RuntimeError):
    """The loss is NaN or infinite. A smaller learning rate may help."""


class Trainer:
    """A training in progress: network, optimiser, history, and the best weights so far."""

    def __init__(self, data: TrainingSet, recipe: Recipe, initial: Bundle | None) -> None:
        self.data = data
        self.recipe = recipe
        self.rows = data.labelled(Split.TRAIN)
        if not len(self.rows):
            raise ValueError("No case for training has a known label.")
        self.criterion = criterion_for(
            data.labels[self.rows], data.weights[self.rows], data.layout, balanced=recipe.loss == "weighted_bce"
        )
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        network = initial_network(recipe, self.criterion, initial)
        # channels_last is the layout that convolutions on CPUs and tensor cores are fastest in.
        self.network = network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimiser = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.history: list[EpochMetrics] = []
        self.position = 0.0  # the share of the schedule that is over, 0 to 1
        self.best_epoch = 0
        self.best_weights = self._weights()

    @property
    def steps(self) -> int:
        """Batches per epoch. A last incomplete batch is left out; other cases are in it each epoch."""
        return max(1, len(self.rows) // self.recipe.batch)

    def epochs_left(self) -> int:
        """How many epochs are still to come: 0 once patience is over."""
        without_improvement = len(self.history) - self.best_epoch
        if self.recipe.patience and without_improvement >= self.recipe.patience:
            return 0
        return epochs_left(self.recipe, [epoch.seconds for epoch in self.history])

    def train_epoch(self, on_progress: Callable[[Progress], None], should_stop: Callable[[], bool]) -> None:
        """One pass over the training cases, then validation. Raises Stopped, Diverged."""
        started = time.monotonic()
        reported = started
        number = len(self.history) + 1
        order = self._shuffled(number)
        steps_to_come = self.steps * self.epochs_left()
        total = 0.0
        for step in range(self.steps):
            if should_stop():
                raise Stopped(f"Training was stopped in epoch {number}.")
            total += self._step(order[step * self.recipe.batch : (step + 1) * self.recipe.batch])
            # An equal share of what is left of the schedule, so that it ends at 1 although a time limit changes the
            # number of epochs to come.
            self.position += (1 - self.position) / (steps_to_come - step)
            now = time.monotonic()
            # The last step is reported together with the validation.
            if now - reported >= REPORT_EVERY_S and step + 1 < self.steps:
                on_progress(self.progress(number, step + 1, total / (step + 1), now - started))
                reported = now
            if self.recipe.time_limit_s and self._seconds_spent() + now - started > self.recipe.time_limit_s:
                break
        self._end_epoch(total / (step + 1), started)

    def after_epoch(self) -> Progress:
        """Where the run stands after its last complete epoch."""
        return self.progress(len(self.history), self.steps, self.history[-1].train_loss)

    def progress(self, epoch: int, step: int, train_loss: float, seconds: float = 0.0) -> Progress:
        """Where the run stands, `seconds` into an epoch that is not over."""
        validation_loss = None
        validation_auroc: dict[str, float] = {}
        if self.history:
            validation_loss = self.history[-1].validation_loss
            validation_auroc = self.history[-1].validation_auroc
        return Progress(
            epoch=epoch,
            epochs=len(self.history) + self.epochs_left(),
            step=step,
            steps=self.steps,
            train_loss=train_loss,
            validation_loss=validation_loss,
            validation_auroc=validation_auroc,
            seconds=self._seconds_spent() + seconds,
        )

    def state(self) -> checkpoints.Checkpoint:
        """Everything `resume` needs. The keys of the facts are stored and keep their names."""
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
        self.position = facts["position"]
        self.best_epoch = facts["kept"]
        self.best_weights = checkpoint.best_weights

    def fitted(self) -> Fitted:
        """The result, its network on the CPU with the best epoch's weights."""
        self.network.load_state_dict(self.best_weights)
        return Fitted(self.network.cpu().eval(), self.recipe, self.criterion, tuple(self.history), self.best_epoch)

    def _shuffled(self, epoch: int) -> NDArray[np.intp]:
        """The training rows in the epoch's order."""
        # Seeded anew each epoch: a resumed run draws the same orders and augmentations without a stored random state.
        torch.manual_seed(self.recipe.seed + EPOCH_SEED_STEP * epoch)
        order: NDArray[np.intp] = self.rows[torch.randperm(len(self.rows)).numpy()]
        return order

    def _step(self, rows: NDArray[np.intp]) -> float:
        """One step of the optimiser on these cases. Returns their loss."""
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.recipe, self.position)
        images = self._augmented(rows)
        labels = torch.from_numpy(self.data.labels[rows]).to(self.device)
        weights = torch.from_numpy(self.data.weights[rows]).to(self.device)
        self.network.train()
        # bfloat16 has the range of float32, so it needs no scaling of the loss. The CPU stays in float32.
        with torch.autocast("cuda", torch.bfloat16, enabled=self.device.type == "cuda"):
            logits = self.network(images.contiguous(memory_format=torch.channels_last)).logits
        loss = self.criterion(logits.float(), labels, weights)
        value = loss.item()
        if not math.isfinite(value):
            raise Diverged(f"The loss became {value} in epoch {len(self.history) + 1}.")
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.network.parameters(), MAX_GRADIENT_NORM)
        self.optimiser.step()
        return float(value)

    def _augmented(self, rows: NDArray[np.intp]) -> Tensor:
        """Normalised and augmented images (n, C, S, S) on the device."""
        preparation = self.data.preparation
        images = torch.from_numpy(preparation.normalise(self.data.images[rows])).to(self.device)
        black_image = preparation.normalise(np.zeros_like(self.data.images[:1]))
        black = torch.from_numpy(black_image)[0, :, :1, :1].to(images)
        return augment(images, POLICIES[self.recipe.augmentation], black=black)

    def _end_epoch(self, train_loss: float, started: float) -> None:
        """Validate, add the epoch to the history, and keep its weights if it is the best so far."""
        rows = self.data.rows(Split.VALIDATION)
        logits = logits_of(self.network, self.data, rows)
        labels = self.data.labels[rows]
        loss = None
        error = None
        measured = loss_of(self.criterion, logits, labels, self.data.weights[rows])
        if measured is not None:
            loss, error = measured
        areas = aurocs(logits, labels, self.data.layout)
        self.history.append(EpochMetrics(train_loss, loss, error, areas, time.monotonic() - started))
        if last_is_best(self.history):
            self.best_epoch = len(self.history)
            self.best_weights = self._weights()

    def _weights(self) -> checkpoints.State:
        # Cloned: on the CPU the state dict shares its memory with the network that goes on training.
        return {name: tensor.detach().cpu().clone() for name, tensor in self.network.state_dict().items()}

    def _seconds_spent(self) -> float:
        return sum(epoch.seconds for epoch in self.history)
