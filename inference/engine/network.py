"""A backbone and a pooled linear head: logits, embedding and attention maps from one forward pass."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.engine import backbones
from inference.engine.outputs import OutputLayout


class NetworkOutput(NamedTuple):
    """logits (N, K); embedding (N, D); maps (N, K, h, w).

    A map's mean over h and w plus the head's bias is the logit.
    """

    logits: Tensor
    embedding: Tensor
    maps: Tensor


class Network(nn.Module):
    """Images (N, C, S, S) → NetworkOutput.

    The maps are class activation maps (Zhou et al., CVPR 2016): the last feature map times the head's weights. They are
    exact, since the head is linear on average-pooled features, and need no second pass. `dropout` acts on the embedding
    while training.
    """

    def __init__(self, backbone: nn.Module, layout: OutputLayout, *, dimension: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.backbone = backbone
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(dimension, layout.width)
        nn.init.zeros_(self.head.bias)

    def forward(self, images: Tensor) -> NetworkOutput:
        features = self.backbone(images)
        embedding = features.mean((2, 3))
        # A 1 × 1 convolution is the head applied at each place of the feature map.
        maps = functional.conv2d(features, self.head.weight[:, :, None, None])
        return NetworkOutput(self.head(self.dropout(embedding)), embedding, maps)


def assemble(
    architecture: str, channels: int, layout: OutputLayout, *, size: int = 64, dropout: float = 0.0
) -> Network:
    """A network with fresh weights, drawn from torch's global generator, for images of `size` pixels a side.

    Convolutional networks take other sizes too. Raises ValueError for an unknown architecture, for a size that it does not
    take, and for a backbone that makes no feature map.
    """
    backbone = backbones.build(architecture, channels, size)
    dimension = feature_dimension(backbone, channels, size)
    return Network(backbone, layout, dimension=dimension, dropout=dropout)


def feature_dimension(backbone: nn.Module, channels: int, size: int) -> int:
    """D of the feature map (N, D, h, w) that it makes of one black image. Raises ValueError where that is no such map."""
    training = backbone.training
    backbone.eval()
    try:
        with torch.no_grad():
            features = backbone(torch.zeros(1, channels, size, size))
    except (AssertionError, RuntimeError) as error:
        told = f"size is {size} and channels {channels}, which the architecture cannot take: {str(error)[:200]}"
        raise ValueError(told) from error
    backbone.train(training)
    if not isinstance(features, Tensor):
        raise ValueError(f"The architecture makes {type(features).__name__} of an image, not one feature map.")
    if features.ndim != 4 or not features.is_floating_point():
        raise ValueError(f"The architecture makes {tuple(features.shape)} of an image, not a feature map (N, D, h, w).")
    return int(features.shape[1])
