"""Where a run begins: random weights, published ones, a file's, or those of an earlier model version."""

from pathlib import Path

import torch

from inference.engine import backbones, pretrained, weights
from inference.engine.bundle import Bundle
from inference.engine.digest import ArtifactError
from inference.engine.network import Network, assemble
from training.engine.losses import Criterion
from training.engine.recipe import Recipe


def initial_network(recipe: Recipe, criterion: Criterion, initial: Bundle | None) -> Network:
    """The network a recipe begins with, its random parts drawn from torch's global generator.

    From a bundle the backbone is taken, and the head too where the layout is the same. Raises ArtifactError when the weights
    are not those the recipe names or do not fit the architecture.
    """
    network = assemble(recipe.architecture, recipe.channels, criterion.layout, dropout=recipe.dropout)
    stem = backbones.find(recipe.architecture).STEM
    kind, _, detail = recipe.initial.partition(":")
    if kind == "bundle":
        _adopt_bundle(network, recipe, criterion, initial)
    elif kind == "published":
        pretrained.adopt(network.backbone, pretrained.published(recipe.architecture, detail), stem=stem)
    elif kind == "file":
        state = pretrained.from_file(Path(detail), recipe.initial_sha256)
        pretrained.adopt(network.backbone, state, stem=stem)
    return network


def fold_standardisation(network: Network, criterion: Criterion) -> None:
    """Let the head answer measurements in their units, where the network learnt them standardised."""
    _rescale(
        network,
        [(spread, centre) for spread, centre in zip(criterion.spread, criterion.centre, strict=True)],
        criterion,
    )


def _adopt_bundle(network: Network, recipe: Recipe, criterion: Criterion, initial: Bundle | None) -> None:
    if initial is None or initial.sha256 != recipe.initial_sha256:
        raise ArtifactError("The recipe begins with another model version than the one given.")
    if initial.card.architecture != recipe.architecture:
        raise ArtifactError(f"The model version given is a {initial.card.architecture}, not a {recipe.architecture}.")
    state = weights.unpack(initial.weights, initial.card.weights_sha256)
    inner = {key.removeprefix("backbone."): tensor for key, tensor in state.items() if key.startswith("backbone.")}
    pretrained.adopt(network.backbone, inner, stem=backbones.find(recipe.architecture).STEM)
    if initial.card.layout == criterion.layout:
        network.head.load_state_dict({"weight": state["head.weight"], "bias": state["head.bias"]})
        undo = [
            (1 / spread, -centre / spread) for spread, centre in zip(criterion.spread, criterion.centre, strict=True)
        ]
        _rescale(network, undo, criterion)


def _rescale(network: Network, lines: list[tuple[float, float]], criterion: Criterion) -> None:
    with torch.no_grad():
        for (slope, offset), place in zip(lines, criterion.layout.slices, strict=True):
            network.head.weight[place] *= slope
            network.head.bias[place] = network.head.bias[place] * slope + offset
