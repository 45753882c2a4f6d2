"""How the stage for lungs is trained: real films with people's masks, and synthetic films for the heart's borders."""

from __future__ import annotations

import copy
import logging
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from inference.engine.stages.bundle import StageBundle
from inference.engine.stages.lungs import HEART, LIMITS, LUNGS, OUTPUT
from training.engine.dataset import split_by_patient
from training.engine.stages import styles
from training.engine.stages.export import export
from training.engine.stages.lungs_figures import fold_figures, heart_figures, limits_of
from training.engine.stages.pairs import Pairs
from training.engine.stages.reproducible import in_bfloat16, reproducible
from training.engine.stages.unet import UNet

LOG = logging.getLogger(__name__)
ARCHITECTURE = "lungs_unet"
HELD_OUT = 0.2
"""Share of the synthetic patients on whom the heart is measured."""


@dataclass(frozen=True)
class LungsRecipe:
    """Everything about how the stage is trained.

    size: pixels of the network's square; widths: channels of the U-Net's levels; steps of `batch` films, of which real_share
    are real; synthetic_lungs: whether synthetic films teach the lungs too, and not the heart alone; average: how much of the
    averaged weights a step leaves (Polyak, Juditsky 1992); folds: of the cross-validation, by patient; 0 for none.
    """

    size: int = 128
    widths: tuple[int, ...] = (16, 32, 64, 96)
    steps: int = 450
    batch: int = 14
    real_share: float = 0.6
    synthetic_lungs: bool = True
    learning_rate: float = 4e-3
    weight_decay: float = 1e-2
    average: float = 0.98
    folds: int = 3
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True)
class Lesson:
    """images float32 (N, 1, S, S) of 0 to 1; masks (N, 2, S, S) of 0 to 1; known (N, 2, 1, 1): which of the masks are."""

    images: Tensor
    masks: Tensor
    known: Tensor


def train(pairs: Pairs, recipe: LungsRecipe | None = None) -> StageBundle:
    """The stage trained on all real pairs, with the figures of a cross-validation by patient in its card.

    The same pairs, recipe and seed give the same weights on the same CPU. Raises ValueError without real or synthetic pairs.
    """
    recipe = recipe or LungsRecipe()
    learnt, held = _synthetic_held_out(pairs, recipe)
    figures: dict[str, Any] = {}
    if recipe.folds:
        figures["folds"] = cross_validate(learnt, recipe)
    network = fit(learnt, recipe)
    bundle = bundle_of(network, recipe, limits_of(), {})
    figures["heart"] = heart_figures(bundle, held)
    facts = {"recipe": asdict(recipe), "pairs": int((~pairs.synthetic).sum()), "figures": figures}
    facts["synthetic"] = int(learnt.synthetic.sum())
    return bundle_of(network, recipe, limits_of(), facts)


def cross_validate(pairs: Pairs, recipe: LungsRecipe) -> list[dict[str, float]]:
    """Figures per fold, on the real films of patients that its network has not seen."""
    figures = []
    for fold, held in enumerate(folds_of(pairs, recipe)):
        network = fit(pairs.part(~held), recipe)
        bundle = bundle_of(network, recipe, limits_of(), {})
        figures.append(fold_figures(bundle, pairs.part(held)))
        LOG.info("fold %d: %s", fold, figures[-1])
    return figures


def folds_of(pairs: Pairs, recipe: LungsRecipe) -> list[NDArray[np.bool_]]:
    """Masks (N,) of real pairs, each patient in one fold; the folds are as even as patients allow."""
    patients, counts = np.unique(pairs.patients[~pairs.synthetic], return_counts=True)
    order = np.random.default_rng(recipe.seed).permutation(len(patients))
    order = order[np.argsort(-counts[order], kind="stable")]
    sizes = np.zeros(recipe.folds, int)
    members: list[list[str]] = [[] for _ in range(recipe.folds)]
    for patient in order:
        fold = int(np.argmin(sizes))
        sizes[fold] += counts[patient]
        members[fold].append(str(patients[patient]))
    return [np.isin(pairs.patients, names) & ~pairs.synthetic for names in members]


def fit(pairs: Pairs, recipe: LungsRecipe) -> UNet:
    """The network of averaged weights after the recipe's steps, ready to answer."""
    with reproducible(recipe.seed, recipe.threads):
        network = UNet(recipe.widths)
        network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # its stub lacks this form
        averaged = copy.deepcopy(network)
        optimiser = torch.optim.AdamW(network.parameters(), recipe.learning_rate, weight_decay=recipe.weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, recipe.learning_rate, total_steps=recipe.steps)
        for step in range(recipe.steps):
            lesson = lesson_of(pairs, recipe)
            loss = loss_of(in_bfloat16(network, lesson.images), lesson)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            _average(averaged, network, min(recipe.average, step / (step + 10)))
            if step % 100 == 0:
                LOG.info("step %d of %d: loss %.3f", step, recipe.steps, loss.item())
    averaged.eval()
    return averaged


def lesson_of(pairs: Pairs, recipe: LungsRecipe) -> Lesson:
    """A batch drawn at random from torch's global generator."""
    wanted = round(recipe.batch * recipe.real_share)
    real = _rows(~pairs.synthetic, wanted)
    synthetic = _rows(pairs.synthetic, recipe.batch - wanted)
    stacked = torch.cat([_stack(pairs, real), _stack(pairs, synthetic)])
    stacked = torch.where(styles.coin(len(stacked), 0.5), stacked.flip(3), stacked)
    # placed treats the two halves of a batch otherwise, so the kinds are placed apart.
    moved = [
        styles.placed(part, recipe.size, across=(0.75, 1.3), down=(0.75, 1.3))
        for part in (stacked[:wanted], stacked[wanted:])
    ]
    placed = torch.cat(moved)
    images = placed[:, :1]
    # The models are real films, drawn with repeats: there may be fewer than synthetic ones.
    models = images[torch.randint(0, wanted, (len(images) - wanted,))]
    images = torch.cat([images[:wanted], styles.as_real(images[wanted:], models)])
    known = torch.ones(len(images), 2, 1, 1)
    known[:wanted, HEART] = 0
    known[wanted:, LUNGS] = float(recipe.synthetic_lungs)
    return Lesson(styles.exposed(images), placed[:, 1:], known)


def loss_of(logits: Tensor, lesson: Lesson) -> Tensor:
    """Cross-entropy and one minus the soft Dice coefficient (Milletari et al., 3DV 2016), over the masks that are known."""
    entropy = functional.binary_cross_entropy_with_logits(logits, lesson.masks, reduction="none").mean((2, 3))
    inside = torch.sigmoid(logits)
    overlap = (inside * lesson.masks).sum((2, 3))
    dice = (2 * overlap + 1) / (inside.sum((2, 3)) + lesson.masks.sum((2, 3)) + 1)
    known = lesson.known.flatten(1)
    return ((entropy + 1 - dice) * known).sum() / known.sum()


def bundle_of(network: UNet, recipe: LungsRecipe, limits: dict[str, float], facts: dict[str, Any]) -> StageBundle:
    """The bundle. Its arrays are empty: the graph holds the weights."""
    if set(limits) != set(LIMITS):
        raise ValueError(f"Limits are {', '.join(LIMITS)}.")
    onnx = export(network, recipe.size, (OUTPUT,))
    parameters = {"size": recipe.size, "limits": limits}
    return StageBundle.pack(
        kind="lungs", architecture=ARCHITECTURE, parameters=parameters, arrays={}, onnx=onnx, facts=facts
    )


def _synthetic_held_out(pairs: Pairs, recipe: LungsRecipe) -> tuple[Pairs, Pairs]:
    split = split_by_patient(pairs.patients, recipe.seed, (1 - HELD_OUT, HELD_OUT, 0.0))
    held = pairs.synthetic & (split == 1)
    learnt = pairs.part(~held)
    if not learnt.synthetic.any() or learnt.synthetic.all():
        raise ValueError("Both real and synthetic pairs are needed.")
    return learnt, pairs.part(held)


def _rows(which: NDArray[np.bool_], count: int) -> NDArray[np.intp]:
    places = np.flatnonzero(which)
    chosen = torch.randint(0, len(places), (count,)).numpy()
    return np.asarray(places[chosen], np.intp)


def _stack(pairs: Pairs, rows: NDArray[np.intp]) -> Tensor:
    """(N, 3, S, S): film, lungs, heart, 0 to 1."""
    stacked = np.stack([pairs.squares[rows], pairs.lungs[rows], pairs.heart[rows]], 1)
    return torch.from_numpy(stacked).float() / 255


@torch.no_grad()
def _average(averaged: UNet, network: UNet, kept: float) -> None:
    for mean, tensor in zip(averaged.state_dict().values(), network.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(tensor, 1 - kept)
        else:
            mean.copy_(tensor)
