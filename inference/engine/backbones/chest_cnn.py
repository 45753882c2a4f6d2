"""The network of Overread's starter: the small one with a stage more, 1.2 million weights, for 128 pixels."""

from torch import nn

from inference.engine.backbones.small_cnn import SmallCNN

DIMENSION = 256
WEIGHTS = None
WIDTHS = (24, 32, 64, 128, DIMENSION)


def build(channels: int, size: int) -> nn.Module:
    return SmallCNN(channels, WIDTHS)
