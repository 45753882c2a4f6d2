"""Every network of timm (Wightman, 2019) as a backbone: `timm:NAME`, of one or three channels, at sizes that it can take.

A convolutional network's last map is the feature map. A transformer's are its patch tokens, laid out as the patches lie; class
and register tokens are left out, so that the embedding is the mean of the patch tokens and the maps are exact.
"""

import logging
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import torch
from torch import Tensor, nn

from inference.engine import vision  # before timm, which imports torchvision
from inference.engine.digest import ArtifactError

import timm  # isort: skip

assert vision.VERSION  # the import above is for what it does
logging.getLogger("timm").setLevel(logging.ERROR)  # of weights that fit it says more than anybody asked

State = Mapping[str, Tensor]
# Families that cannot do without pooling, or whose last tokens are no grid. Their last stage gives its own map.
STAGED = re.compile(
    r"coat_|crossvit_|efficientvim_|efficientvit_[bl]\d|inception_next_|volo_|(?:deit|pit)_\w+_distilled_"
)


@dataclass(frozen=True)
class TimmArchitecture:
    """One of timm's networks, as the registry of backbones knows an architecture."""

    name: str

    @property
    def WEIGHTS(self) -> type[Enum] | None:  # noqa: N802  (the name that a file's constant has)
        """None: timm's own weights are asked for by the backbone itself."""
        return None

    def build(self, channels: int, size: int) -> nn.Module:
        return TimmBackbone(self.name, channels, size)


class TimmBackbone(nn.Module):
    """Raises ValueError for a size that the network cannot take."""

    def __init__(self, name: str, channels: int, size: int) -> None:
        super().__init__()
        self.name = name
        self.channels = channels
        self.size = size
        self.staged = bool(STAGED.match(name))
        try:
            self.network = self._create()
        except (AssertionError, RuntimeError, TypeError) as error:
            told = f"size is {size} and channels {channels}, which timm:{name} cannot take: {str(error)[:200]}"
            raise ValueError(told) from error
        _check_patches(name, self.network, size)
        self.channels_last = getattr(self.network, "output_fmt", "NCHW") == "NHWC"
        self.prefix_tokens = int(getattr(self.network, "num_prefix_tokens", 0))

    def forward(self, images: Tensor) -> Tensor:
        if self.staged:
            return self._last_stage(images)
        features: Tensor = self.network(images)
        if features.ndim == 3:
            tokens = features[:, self.prefix_tokens :]
            side = math.isqrt(tokens.shape[1])
            return tokens.transpose(1, 2).reshape(tokens.shape[0], tokens.shape[2], side, side)
        if self.channels_last:
            return features.permute(0, 3, 1, 2)
        return features

    def adopt(self, state: State) -> None:
        """Take weights in timm's layout, or one that timm converts: stem and position embeddings are fitted to the input.

        Raises ArtifactError where they are another network's, or lack some of this one's.
        """
        state = _own_names(state, self.network)
        try:
            given = self._create(state)
            # Whatever comes of the file's numbers is now no number: what still is one, the file lacks.
            marked = self._create({key: _no_numbers(tensor) for key, tensor in state.items()})
        except Exception as error:  # noqa: BLE001  (timm's conversions raise whatever they stumble over)
            raise ArtifactError(f"The weights do not fit timm:{self.name}: {str(error)[:300]}") from error
        missing = [name for name, tensor in _learnt(marked) if not tensor.isnan().any()]
        if missing:
            raise ArtifactError(
                f"The weights lack {len(missing)} of timm:{self.name}'s tensors, {missing[0]} the first."
            )
        self.network = given.train(self.training)

    def adopt_published(self, tag: str) -> None:
        """Take timm's own weights of that tag, downloaded unless they are in the cache.

        Raises ArtifactError, which lists the tags, for an unknown one, and where they cannot be fetched.
        """
        tags = [
            full.partition(".")[2] for full in timm.list_models(f"{self.name}.*", include_tags=True, pretrained=True)
        ]
        if tag not in tags:
            raise ArtifactError(
                f"timm:{self.name} has no weights called {tag!r}; there are {', '.join(tags) or 'none'}."
            )
        try:
            network = timm.create_model(f"{self.name}.{tag}", pretrained=True, **self._options())
        except Exception as error:  # noqa: BLE001  (the client of the hub raises many things)
            raise ArtifactError(
                f"timm's weights {self.name}.{tag} are not on this machine and cannot be fetched: {str(error)[:200]}"
            ) from error
        self.network = network.train(self.training)

    def _last_stage(self, images: Tensor) -> Tensor:
        stages = self.network.forward_intermediates(  # type: ignore[operator]
            images, indices=1, norm=True, output_fmt="NCHW", intermediates_only=True
        )
        last: Tensor = stages[-1]
        return last

    def _create(self, state: State | None = None) -> nn.Module:
        options = self._options()
        if state is not None:
            # A count of classes that no file has: timm then leaves out its classifier.
            overlay = {"state_dict": dict(state), "custom_load": False, "num_classes": -1}
            options |= {"pretrained": True, "pretrained_cfg_overlay": overlay}
        network: nn.Module = timm.create_model(self.name, **options)
        return network

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {"in_chans": self.channels, "num_classes": 0}
        if not self.staged:
            options["global_pool"] = ""
        config = timm.get_pretrained_cfg(self.name)
        if config is not None and config.fixed_input_size:
            options["img_size"] = self.size
        return options


def _own_names(state: State, network: nn.Module) -> State:
    """Without what an outer module, as this backbone or Lightning's, puts before all of timm's names."""
    first = next(iter(network.state_dict()))
    for key in state:
        if key.endswith(f".{first}"):
            before = key.removesuffix(first)
            return {name.removeprefix(before): tensor for name, tensor in state.items()}
    return state


def _learnt(network: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """What training changes: parameters, and the statistics of batch normalisation."""
    yield from network.named_parameters()
    for name, tensor in network.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            yield name, tensor


def _no_numbers(tensor: Tensor) -> Tensor:
    if tensor.is_floating_point():
        return torch.full_like(tensor, math.nan)
    return tensor


def _check_patches(name: str, network: nn.Module, size: int) -> None:
    """Raises ValueError where the patches would leave out a margin at the right and at the bottom."""
    patch = getattr(getattr(network, "patch_embed", None), "patch_size", None)
    side = patch[0] if isinstance(patch, tuple | list) else patch
    if isinstance(side, int) and size % side:
        fitting = max(1, round(size / side)) * side
        raise ValueError(f"size is {size}; timm:{name} takes multiples of {side}, such as {fitting}.")
