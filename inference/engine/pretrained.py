"""Pretrained weights: torchvision's or timm's by name, or any safetensors file by path and SHA-256."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable
from urllib.error import URLError

from torch import Tensor, nn

from inference.engine import backbones, weights
from inference.engine.digest import ArtifactError
from inference.engine.weights_file import weights_path

DOTTED = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)")  # how old DenseNet files write norm1 and conv1


@runtime_checkable
class Adopting(Protocol):
    """A backbone that fits weights to itself, such as position embeddings to its size."""

    def adopt(self, state: Mapping[str, Tensor]) -> None: ...

    def adopt_published(self, tag: str) -> None: ...


def adopt_published(backbone: nn.Module, architecture: str, name: str) -> None:
    """Give the backbone the weights that its authors published under that name.

    Raises ArtifactError, which lists the names, for unknown weights; and where they are not on this machine and cannot be fetched.
    """
    if isinstance(backbone, Adopting):
        backbone.adopt_published(name)
    else:
        adopt(backbone, published(architecture, name))


def published(architecture: str, name: str) -> dict[str, Tensor]:
    """torchvision's weights of that name, such as "IMAGENET1K_V1", from torch.hub's folder or downloaded into it.

    torch's restricted unpickler reads the file and makes tensors only. A download is checked against the hash in its
    name. Raises ArtifactError, which lists the names, for unknown weights, and where they cannot be fetched.
    """
    offered = backbones.find(architecture).WEIGHTS
    known: tuple[str, ...] = ()
    if offered:
        known = tuple(offered.__members__)
    if offered is None or name not in known:
        raise ArtifactError(f"{architecture} has no weights called {name!r}; there are {', '.join(known) or 'none'}.")
    try:
        state = offered[name].get_state_dict(  # type: ignore[attr-defined]
            progress=False, check_hash=True, weights_only=True
        )
    except URLError as error:
        told = f"{architecture}'s weights {name} are not on this machine and cannot be fetched: {error.reason}."
        raise ArtifactError(told) from error
    return {DOTTED.sub(r"\1\2", key): tensor for key, tensor in state.items()}


def from_file(path: Path, sha256: str) -> dict[str, Tensor]:
    """The state dict of a safetensors file, or of that in a folder of Hugging Face's layout.

    Raises ArtifactError when it is not the file of that SHA-256.
    """
    return weights.read(weights_path(path), sha256)


def adopt(backbone: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Load `state` into `backbone`, with a stem for colour fitted to grey images.

    Tensors that the backbone does not have, such as a classifier's, are left out, and so is what an outer module puts before all
    names, as Lightning's `model.`. Raises ArtifactError when a weight is missing or has another shape.
    """
    if isinstance(backbone, Adopting):
        backbone.adopt(state)
        return
    wanted = backbone.state_dict()
    # num_batches_tracked came with torch 0.4.1. Older files lack it, and nothing here uses it.
    needed = [key for key in wanted if not key.endswith("num_batches_tracked")]
    before = outer_name(state, needed)
    missing = [key for key in needed if before + key not in state]
    if missing:
        raise ArtifactError(f"The weights lack {len(missing)} of the backbone's tensors, {missing[0]} the first.")
    fitted = {}
    for key, target in wanted.items():
        if before + key in state:
            fitted[key] = _fitted(key, state[before + key], target)
    backbone.load_state_dict(fitted, strict=False)


def outer_name(state: Mapping[str, object], needed: list[str]) -> str:
    """What stands before the names of `needed` in `state`, "" where nothing does: of all that do, what most of them share."""
    found = {""}
    for key in state:
        if key.endswith(f".{needed[0]}"):
            found.add(key.removesuffix(needed[0]))
    return max(sorted(found), key=lambda before: sum(before + key in state for key in needed))


def _fitted(key: str, given: Tensor, target: Tensor) -> Tensor:
    """The tensor for this place. Raises ArtifactError for another shape."""
    # A grey stem gets the sum of the red, green and blue kernels: it then answers a grey image as the colour stem
    # answers three equal channels.
    if given.ndim == 4 and given.shape[1] == 3 and target.shape[1:2] == (1,):
        given = given.sum(1, keepdim=True)
    if given.shape != target.shape:
        raise ArtifactError(f"{key} is {tuple(given.shape)} in the weights and {tuple(target.shape)} here.")
    return given
