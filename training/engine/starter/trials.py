"""A few labelled images of a pack, a linear head fitted to them, and its answers on other patients."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from inference.engine import backbones, heads, pretrained
from inference.engine.metrics import weighted_aurocs
from inference.engine.outputs import OutputLayout
from training.engine.evaluation.estimate import Floats
from training.engine.starter.findings import LAYOUT
from training.engine.starter.making import State
from training.engine.starter.packs import Films
from training.engine.starter.recipe import StarterRecipe

AT_ONCE = 64  # films through the network


@dataclass(frozen=True)
class Trial:
    """Rows of films: those whose labels a head learns, and those of other patients, on which it is measured."""

    learnt: NDArray[np.intp]
    measured: NDArray[np.intp]


def trial_draw(films: Films, pack: str, columns: list[int], labelled: int, seed: int) -> Trial:
    """Patients of the pack in random order: the first give `labelled` films with known labels, the rest are measured."""
    rows = np.flatnonzero((films.packs == pack) & np.isfinite(films.labels[:, columns]).all(1))
    patients = np.random.default_rng(seed).permutation(np.unique(films.patients[rows]))
    place = {patient: index for index, patient in enumerate(patients)}
    places = np.array([place[patient] for patient in films.patients[rows]])
    order = np.argsort(places, kind="stable")
    learnt = order[:labelled]
    measured = places > places[learnt].max()
    return Trial(rows[learnt], rows[measured])


@torch.inference_mode()
def embeddings(films: Films, state: State | None, recipe: StarterRecipe) -> NDArray[np.float32]:
    """float32 (N, D) of all films, by the recipe's architecture with these weights, or with the seed's random ones."""
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        backbone = backbones.build(recipe.architecture, 1, recipe.size)
    if state is not None:
        pretrained.adopt(backbone, state)
    backbone.eval()
    parts = []
    for start in range(0, len(films.images), AT_ONCE):
        images = recipe.preparation().normalise(films.images[start : start + AT_ONCE])
        parts.append(backbone(torch.from_numpy(images)).mean((2, 3)).numpy())
    return np.concatenate(parts)


def head_scores(films: Films, columns: list[int], trial: Trial, embedded: NDArray[np.float32]) -> NDArray[np.float32]:
    """The head's logits (n, F) of the measured rows."""
    labels = films.labels[trial.learnt][:, columns].astype(np.float64)
    layout = OutputLayout(tuple(LAYOUT.outputs[column] for column in columns))
    head = heads.fit(embedded[trial.learnt], labels, np.ones_like(labels), layout)
    return head.score(embedded[trial.measured])


def mean_aurocs(
    films: Films, columns: list[int], trials: list[Trial], scores: list[NDArray[np.float32]], weights: Floats
) -> Floats:
    """(b,): the mean AUROC over findings and trials when each film of all N counts as often as `weights` (b, N) say."""
    areas = []
    for trial, answers in zip(trials, scores, strict=True):
        for index, column in enumerate(columns):
            positive = films.labels[trial.measured, column] > 0.5
            areas.append(weighted_aurocs(positive, answers[:, index], weights[:, trial.measured]))
    return np.asarray(np.mean(areas, axis=0))
