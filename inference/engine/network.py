"""A backbone and a pooled linear head: logits, embedding and attention maps from one forward pass."""

from typing import NamedTuple

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


def assemble(architecture: str, channels: int, layout: OutputLayout, *, dropout: float = 0.0) -> Network:
    """A network with fresh weights, drawn from torch's global generator. ValueError for an unknown architecture."""
    dimension = backbones.find(architecture).DIMENSION
    return Network(backbones.build(architecture, channels), layout, dimension=dimension, dropout=dropout)
