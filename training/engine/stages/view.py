"""How the stage for views is trained: real frontal films, synthetic films of both views, and every way a film can lie."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from inference.engine.backbones.small_cnn import SmallCNN
from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.view import INVERTED, LATERAL, MIRRORED, OUTPUT, TURNED
from training.engine.dataset import Split, split_by_patient
from training.engine.stages import styles
from training.engine.stages.export import export
from training.engine.stages.films import Films
from training.engine.stages.reproducible import in_bfloat16, reproducible
from training.engine.stages.view_figures import figures_of, limits_of

LOG = logging.getLogger(__name__)
ARCHITECTURE = "view_cnn"
WIDTHS = (16, 24, 32, 48)
SHARES = (0.70, 0.12, 0.18)  # to learn from, to choose limits by, to choose limits by and be measured on


@dataclass(frozen=True)
class ViewRecipe:
    """Everything about how the stage is trained.

    size: pixels of the network's square; stored: of the films that it learns from, more than `size`; steps of `batch` films,
    of which real_share are real frontals and lateral_share laterals; halves: share of the laterals in which half of a real
    film is mixed; false_alarms: share of real films that a limit may warn about wrongly; views: those of the classifier.
    """

    size: int = 64
    stored: int = 88
    steps: int = 1400
    batch: int = 48
    real_share: float = 0.44
    lateral_share: float = 0.37
    halves: float = 0.4
    learning_rate: float = 3e-3
    weight_decay: float = 2e-2
    false_alarms: float = 0.006
    views: tuple[str, ...] = ("frontal",)
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True)
class Lesson:
    """A batch: images float32 (N, 1, S, S) of 0 to 1 and their truth (N,), turned in quarters clockwise."""

    images: Tensor
    lateral: Tensor
    turned: Tensor
    mirrored: Tensor
    inverted: Tensor


class ViewCNN(nn.Module):
    """Seven logits (N, 7) from films float32 (N, 1, S, S) of 0 to 1, of which each is standardised by itself first."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.body = SmallCNN(1, WIDTHS)
        cells = (size // 16) ** 2
        self.head = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.2), nn.Linear(WIDTHS[-1] * cells, 48), nn.ReLU(inplace=True), nn.Linear(48, 7)
        )

    def forward(self, images: Tensor) -> Tensor:
        centred = images - images.mean((2, 3), keepdim=True)
        spread = centred.square().mean((2, 3), keepdim=True).sqrt()
        logits: Tensor = self.head(self.body(centred / (spread + 0.02)))
        return logits


def train(films: Films, recipe: ViewRecipe | None = None) -> StageBundle:
    """The stage trained on these films, with limits and figures from films of other patients.

    The shares of false warnings are thus partly chosen, not only measured.

    The same films, recipe and seed give the same weights on the same CPU. Raises ValueError where a kind of film is missing:
    real frontals, synthetic frontals or synthetic laterals.
    """
    recipe = recipe or ViewRecipe()
    split = split_by_patient(films.patients, recipe.seed, SHARES)
    with reproducible(recipe.seed, recipe.threads):
        network = fit(films.part(split == Split.TRAIN), recipe)
    onnx = export(network, recipe.size, (OUTPUT,))
    # On both held-out parts: a few hundred films alone missed the rare ones that look mirrored.
    chosen = films.part(split != Split.TRAIN)
    plain = _bundle(
        network, onnx, recipe, dict.fromkeys(("frontal", "lateral", "turned", "mirrored", "inverted"), 0.5), {}
    )
    limits = limits_of(plain, chosen, recipe.false_alarms)
    bundle = _bundle(network, onnx, recipe, limits, {})
    measured = figures_of(bundle, films.part(split == Split.CALIBRATION))
    facts = {"recipe": asdict(recipe), "films": _counts(films, split), "figures": measured}
    return _bundle(network, onnx, recipe, limits, facts)


def fit(films: Films, recipe: ViewRecipe) -> ViewCNN:
    """The network after the recipe's steps, ready to answer."""
    pools = Pools.of(films)
    network = ViewCNN(recipe.size)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stub lacks this form
    optimiser = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.learning_rate, total_steps=recipe.steps)
    for step in range(recipe.steps):
        lesson = lesson_of(pools, recipe)
        loss = loss_of(in_bfloat16(network, lesson.images), lesson)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        if step % 100 == 0:
            LOG.info("step %d of %d: loss %.3f", step, recipe.steps, loss.item())
    network.eval()
    return network


@dataclass(frozen=True)
class Pools:
    """Films by kind, uint8 (N, s, s) each."""

    real: Tensor
    frontal: Tensor
    lateral: Tensor

    @classmethod
    def of(cls, films: Films) -> Pools:
        """Raises ValueError where a kind is missing."""
        real = films.squares[~films.synthetic & ~films.lateral]
        frontal = films.squares[films.synthetic & ~films.lateral]
        lateral = films.squares[films.lateral]
        if not (len(real) and len(frontal) and len(lateral)):
            raise ValueError("Real frontals, synthetic frontals and laterals are all needed.")
        return cls(torch.from_numpy(real), torch.from_numpy(frontal), torch.from_numpy(lateral))


def lesson_of(pools: Pools, recipe: ViewRecipe) -> Lesson:
    """A batch drawn at random from torch's global generator."""
    laterals = _laterals(pools, recipe)
    frontals = _frontals(pools, recipe, recipe.batch - len(laterals))
    lateral = torch.cat([torch.zeros(len(frontals)), torch.ones(len(laterals))])
    images = torch.cat([frontals, laterals])
    count = len(images)
    images = torch.where(styles.coin(count, 0.7), styles.edged(styles.exposed(images)), images)
    mirrored = styles.coin(count, 0.5)
    inverted = styles.coin(count, 0.3)
    quarters = torch.randint(0, 4, (count,)) * styles.coin(count, 0.6).flatten()
    images = torch.where(mirrored, images.flip(3), images)
    images = styles.turned(torch.where(inverted, 1 - images, images), quarters)
    images = styles.edged(images, 0.2)  # black edges, too, about an inverted film
    return Lesson(images, lateral, quarters, mirrored.flatten().float(), inverted.flatten().float())


def loss_of(logits: Tensor, lesson: Lesson) -> Tensor:
    """The sum of the heads' cross-entropies. A lateral has no side to be mirrored."""
    binary = functional.binary_cross_entropy_with_logits
    sides = binary(logits[:, MIRRORED], lesson.mirrored, reduction="none") * (1 - lesson.lateral)
    return (
        binary(logits[:, LATERAL], lesson.lateral)
        + functional.cross_entropy(logits[:, TURNED], lesson.turned)
        + sides.sum() / (1 - lesson.lateral).sum()
        + 0.5 * binary(logits[:, INVERTED], lesson.inverted)
    )


def _frontals(pools: Pools, recipe: ViewRecipe, count: int) -> Tensor:
    real = _drawn(pools.real, round(recipe.batch * recipe.real_share))
    placed = styles.placed(real, recipe.size, across=(0.75, 1.3), down=(0.75, 1.3))
    synthetic = _drawn(pools.frontal, count - len(real))
    synthetic = styles.placed(synthetic, recipe.size, across=(0.7, 1.5), down=(0.8, 1.4))
    return torch.cat([placed, styles.as_real(synthetic, placed[: len(synthetic)])])


def _laterals(pools: Pools, recipe: ViewRecipe) -> Tensor:
    """Synthetic laterals zoomed until they fill the film, some of them mixed with half of a real frontal film."""
    count = round(recipe.batch * recipe.lateral_share)
    laterals = styles.placed(_drawn(pools.lateral, count), recipe.size, across=(0.9, 2.3), down=(0.9, 1.5))
    halves = styles.half_films(_drawn(pools.real, count), recipe.size)
    share = styles.draw(count, 0.3, 0.9) * styles.coin(count, recipe.halves)
    mixed = laterals + share * (halves - laterals)
    models = styles.placed(_drawn(pools.real, count), recipe.size, across=(0.75, 1.3), down=(0.75, 1.3))
    return styles.as_real(mixed, models)


def _drawn(pool: Tensor, count: int) -> Tensor:
    return pool[torch.randint(0, len(pool), (count,))].unsqueeze(1).float() / 255


def _counts(films: Films, split: NDArray[np.int8]) -> dict[str, Any]:
    counts = {}
    for name, code in (("learnt", Split.TRAIN), ("limits", Split.VALIDATION), ("measured", Split.CALIBRATION)):
        part = films.part(split == code)
        counts[name] = {str(pack): int((part.packs == pack).sum()) for pack in np.unique(part.packs)}
    return counts


def _bundle(
    network: ViewCNN, onnx: bytes, recipe: ViewRecipe, limits: dict[str, float], facts: dict[str, Any]
) -> StageBundle:
    arrays = {name: tensor.detach().numpy() for name, tensor in network.state_dict().items()}
    parameters = {"size": recipe.size, "limits": limits, "views": list(recipe.views)}
    return StageBundle.pack(
        kind="view", architecture=ARCHITECTURE, parameters=parameters, arrays=arrays, onnx=onnx, facts=facts
    )
