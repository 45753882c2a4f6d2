"""Pretrained weights: torchvision's by name, or any safetensors file by path and SHA-256."""

import re
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from inference.engine import backbones, weights
from inference.engine.digest import ArtifactError

DOTTED = re.compile(r"(denselayer\d+\.(?:norm|conv))\.([12]\.)")  # how old DenseNet files write norm1 and conv1


def published(architecture: str, name: str) -> dict[str, Tensor]:
    """torchvision's weights of that name, such as "IMAGENET1K_V1", from torch.hub's folder or downloaded into it.

    torch's restricted unpickler reads the file and makes tensors only. A download is checked against the hash in its
    name. Raises ValueError, which lists the names, for unknown weights; URLError without a network.
    """
    offered = backbones.find(architecture).WEIGHTS
    known: tuple[str, ...] = ()
    if offered:
        known = tuple(offered.__members__)
    if offered is None or name not in known:
        raise ValueError(f"{architecture} has no weights called {name!r}; there are {', '.join(known) or 'none'}.")
    state = offered[name].get_state_dict(  # type: ignore[attr-defined]
        progress=False, check_hash=True, weights_only=True
    )
    return {DOTTED.sub(r"\1\2", key): tensor for key, tensor in state.items()}


def from_file(path: Path, sha256: str) -> dict[str, Tensor]:
    """The state dict of a safetensors file. Raises ArtifactError when it is not the file of that SHA-256."""
    return weights.read(path, sha256)


def adopt(backbone: nn.Module, state: Mapping[str, Tensor], *, stem: str) -> None:
    """Load `state` into `backbone`, with the first convolution (`stem`) fitted to its channels.

    Tensors that the backbone does not have, such as a classifier's, are left out. Raises ArtifactError when a weight is
    missing or has another shape.
    """
    wanted = backbone.state_dict()
    # num_batches_tracked came with torch 0.4.1. Older files lack it, and nothing here uses it.
    missing = [key for key in wanted if key not in state and not key.endswith("num_batches_tracked")]
    if missing:
        raise ArtifactError(f"The weights lack {len(missing)} of the backbone's tensors, {missing[0]} the first.")
    fitted = {key: state[key] for key in wanted if key in state}
    # A grey stem gets the sum of the red, green and blue kernels: it then answers a grey image as the colour stem
    # answers three equal channels.
    if fitted[stem].shape[1] == 3 and wanted[stem].shape[1] == 1:
        fitted[stem] = fitted[stem].sum(1, keepdim=True)
    for key, tensor in fitted.items():
        if tensor.shape != wanted[key].shape:
            raise ArtifactError(f"{key} is {tuple(tensor.shape)} in the weights and {tuple(wanted[key].shape)} here.")
    backbone.load_state_dict(fitted, strict=False)
