"""The weights a run begins with: random, published, a file's, or those of an earlier model version."""

from pathlib import Path

import torch

from inference.engine import backbones, pretrained, weights
from inference.engine.bundle import Bundle
from inference.engine.digest import ArtifactError
from inference.engine.network import Network, assemble
from training.engine.losses import Criterion
from training.engine.recipe import Recipe


def initial_network(recipe: Recipe, criterion: Criterion, initial: Bundle | None) -> Network:
    """The network a recipe begins with. Its random weights are drawn from torch's global generator.

    A bundle gives the backbone, and the head too where the layout is the same. Raises ArtifactError when the weights are
    not those the recipe names, or do not fit the architecture.
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
    """Change the head, in place, to answer measurements in their units. It has learned them standardised.

    To be called once per network: a second call would scale the head again.
    """
    for index, (centre, spread) in enumerate(zip(criterion.centre, criterion.spread, strict=True)):
        _rescale(network, criterion, index, slope=spread, offset=centre)


def _unfold_standardisation(network: Network, criterion: Criterion) -> None:
    """The inverse, by the new run's centre and spread: training goes on from the same answers."""
    for index, (centre, spread) in enumerate(zip(criterion.centre, criterion.spread, strict=True)):
        _rescale(network, criterion, index, slope=1 / spread, offset=-centre / spread)


def _adopt_bundle(network: Network, recipe: Recipe, criterion: Criterion, initial: Bundle | None) -> None:
    if initial is None or initial.sha256 != recipe.initial_sha256:
        raise ArtifactError("The recipe begins with another model version than the one given.")
    if initial.card.architecture != recipe.architecture:
        raise ArtifactError(f"The model version given is a {initial.card.architecture}, not a {recipe.architecture}.")
    state = weights.unpack(initial.weights, initial.card.weights_sha256)
    backbone = {}
    for key, tensor in state.items():
        if key.startswith("backbone."):
            backbone[key.removeprefix("backbone.")] = tensor
    pretrained.adopt(network.backbone, backbone, stem=backbones.find(recipe.architecture).STEM)
    # Another layout has other outputs in other places: its head begins at random.
    if initial.card.layout == criterion.layout:
        network.head.load_state_dict({"weight": state["head.weight"], "bias": state["head.bias"]})
        _unfold_standardisation(network, criterion)


def _rescale(network: Network, criterion: Criterion, index: int, *, slope: float, offset: float) -> None:
    """Make the head answer `slope` · answer + `offset` for one output, in place."""
    place = criterion.layout.slices[index]
    with torch.no_grad():
        network.head.weight[place] *= slope
        network.head.bias[place] = network.head.bias[place] * slope + offset
