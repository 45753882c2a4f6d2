"""The weights a run begins with: random, published, a file's, or those of an earlier model version."""

from pathlib import Path

import torch
from torch import Tensor, nn

from inference.engine import backbones, pretrained, starter, weights
from inference.engine.bundle import Bundle
from inference.engine.digest import ArtifactError
from inference.engine.network import Network, assemble, feature_dimension
from training.engine.losses import Criterion
from training.engine.recipe import Recipe


def initial_network(recipe: Recipe, criterion: Criterion, initial: Bundle | None) -> Network:
    """The network a recipe begins with. Its random weights are drawn from torch's global generator.

    A bundle gives the backbone, and the head too where the layout is the same. Raises ArtifactError when the weights are
    not those the recipe names, or do not fit the architecture.
    """
    network = assemble(recipe.architecture, recipe.channels, criterion.layout, size=recipe.size, dropout=recipe.dropout)
    _adopt(network.backbone, recipe, initial)
    # Another layout has other outputs in other places: its head begins at random.
    if recipe.initial == "bundle" and initial is not None and initial.card.layout == criterion.layout:
        state = weights.unpack(initial.weights, initial.card.weights_sha256)
        network.head.load_state_dict({"weight": state["head.weight"], "bias": state["head.bias"]})
        _unfold_standardisation(network, criterion)
    return network


def backbone_check(recipe: Recipe, initial: Bundle | None) -> None:
    """Build the recipe's backbone and give it its weights, to see that they are there and fit, before images are loaded.

    Raises ArtifactError for the weights, ValueError for the architecture or a size that it does not take.
    """
    with torch.random.fork_rng():
        backbone = backbones.build(recipe.architecture, recipe.channels, recipe.size)
    feature_dimension(backbone, recipe.channels, recipe.size)
    _adopt(backbone, recipe, initial)


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


def _adopt(backbone: nn.Module, recipe: Recipe, initial: Bundle | None) -> None:
    """Give the backbone the weights that the recipe names, in place."""
    kind, _, detail = recipe.initial.partition(":")
    if kind == "bundle":
        pretrained.adopt(backbone, _bundle_backbone(recipe, initial))
    elif kind == starter.NAME:
        pretrained.adopt(backbone, _starter_backbone(recipe))
    elif kind == "published":
        pretrained.adopt_published(backbone, recipe.architecture, detail)
    elif kind == "file":
        pretrained.adopt(backbone, pretrained.from_file(Path(detail), recipe.initial_sha256))


def _starter_backbone(recipe: Recipe) -> dict[str, Tensor]:
    """The tensors of Overread's starter; a recipe that names them by their SHA-256 begins with those or not at all."""
    if recipe.initial_sha256 not in ("", starter.SHA256):
        raise ArtifactError("The recipe begins with another starter than this version of Overread has.")
    if recipe.architecture != starter.ARCHITECTURE:
        raise ArtifactError(f"The starter is a {starter.ARCHITECTURE}, not a {recipe.architecture}.")
    return starter.state()


def _bundle_backbone(recipe: Recipe, initial: Bundle | None) -> dict[str, Tensor]:
    """The backbone's tensors of a model version."""
    if initial is None or initial.sha256 != recipe.initial_sha256:
        raise ArtifactError("The recipe begins with another model version than the one given.")
    if initial.card.architecture != recipe.architecture:
        raise ArtifactError(f"The model version given is a {initial.card.architecture}, not a {recipe.architecture}.")
    state = weights.unpack(initial.weights, initial.card.weights_sha256)
    backbone = {}
    for key, tensor in state.items():
        if key.startswith("backbone."):
            backbone[key.removeprefix("backbone.")] = tensor
    return backbone


def _rescale(network: Network, criterion: Criterion, index: int, *, slope: float, offset: float) -> None:
    """Make the head answer `slope` · answer + `offset` for one output, in place."""
    place = criterion.layout.slices[index]
    with torch.no_grad():
        network.head.weight[place] *= slope
        network.head.bias[place] = network.head.bias[place] * slope + offset
