"""Making the starter: steps over views of films, and a running mean of the weights."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.engine.network import Network, assemble
from training.engine.losses import criterion_for
from training.engine.starter.findings import LAYOUT
from training.engine.starter.objective import Projector, disagreement
from training.engine.starter.packs import Films
from training.engine.starter.recipe import StarterRecipe
from training.engine.starter.views import view

WARM_UP = 0.1  # share of the steps
MAX_GRADIENT_NORM = 5.0
FILE = "starter.safetensors"
State = dict[str, Tensor]


def starter_make(films: Films, recipe: StarterRecipe, on_step: Callable[[int, float], None]) -> State:
    """The backbone's weights as float16, made of the films by the recipe.

    `on_step` hears of each step: its number from 1, and its loss. The same films, recipe and versions give the same weights on
    the same kind of processor. The global generator and the number of threads are as before afterwards.
    """
    threads = torch.get_num_threads()
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        torch.set_num_threads(recipe.threads)
        try:
            return _halved(_Making(films, recipe).run(on_step))
        finally:
            torch.set_num_threads(threads)


class _Making:
    """Network, projector, optimiser and running mean."""

    def __init__(self, films: Films, recipe: StarterRecipe) -> None:
        self.films = films
        self.recipe = recipe
        self.criterion = criterion_for(films.labels, np.ones_like(films.labels), LAYOUT, balanced=True)
        self.network: Network = assemble(recipe.architecture, 1, LAYOUT)
        self.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.projector = Projector(self.network.head.in_features)
        self.parameters = [*self.network.parameters(), *self.projector.parameters()]
        self.optimiser = torch.optim.AdamW(self.parameters, recipe.learning_rate, weight_decay=recipe.weight_decay)
        self.mean = {name: tensor.clone() for name, tensor in self.network.backbone.state_dict().items()}

    def run(self, on_step: Callable[[int, float], None]) -> State:
        """All steps. Returns the running mean of the backbone's weights."""
        self.network.train()
        batches = _batches(len(self.films.images), self.recipe)
        for step in range(self.recipe.steps):
            for group in self.optimiser.param_groups:
                group["lr"] = _rate(self.recipe, step / self.recipe.steps)
            loss = self._loss(next(batches))
            self.optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self.parameters, MAX_GRADIENT_NORM)
            self.optimiser.step()
            self._average(step)
            on_step(step + 1, loss.item())
        return self.mean

    def _loss(self, rows: NDArray[np.intp]) -> Tensor:
        films = torch.from_numpy(self.films.images[rows]).float()[:, None] / 255
        labels = torch.from_numpy(self.films.labels[rows]).repeat(2, 1)
        views = torch.cat([view(films, self.recipe.crop), view(films, self.recipe.crop)])
        # bfloat16 has the range of float32, and takes about two thirds of its time where the processor knows it.
        with torch.autocast("cpu", torch.bfloat16):
            features = self.network.backbone(views.contiguous(memory_format=torch.channels_last))
        embedding = features.float().mean((2, 3))
        logits = self.network.head(functional.dropout(embedding, self.recipe.dropout))
        first, second = self.projector(embedding).chunk(2)
        known = self.criterion(logits, labels, torch.ones_like(labels))
        return known + self.recipe.agreement * disagreement(first, second)

    @torch.no_grad()
    def _average(self, step: int) -> None:
        """Move the running mean towards the weights; early on by more, since they begin at random."""
        decay = min(self.recipe.decay, (2 + step) / (11 + step))
        for name, tensor in self.network.backbone.state_dict().items():
            if tensor.is_floating_point():
                self.mean[name].mul_(decay).add_(tensor, alpha=1 - decay)
            else:
                self.mean[name].copy_(tensor)


def _batches(count: int, recipe: StarterRecipe) -> Iterator[NDArray[np.intp]]:
    """Rows in random order, all of them before any comes again; batches are full."""
    rng = np.random.default_rng(recipe.seed)
    size = min(recipe.films, count)
    while True:
        order = rng.permutation(count)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]


def _rate(recipe: StarterRecipe, position: float) -> float:
    """The learning rate at `position`, 0 to 1: up in a line, down along a cosine."""
    if position < WARM_UP:
        return recipe.learning_rate * (position + 1 / recipe.steps) / WARM_UP
    return recipe.learning_rate * (1 + math.cos(math.pi * (position - WARM_UP) / (1 - WARM_UP))) / 2


def _halved(state: State) -> State:
    """Two bytes a weight: the starter is stored in the repository."""
    halved = {}
    for name, tensor in state.items():
        halved[name] = tensor.half() if tensor.is_floating_point() else tensor
    return halved
