"""EfficientNet-B5 (Tan and Le, ICML 2019): 28 million weights, made for images of 456 pixels."""

from torch import nn

from inference.engine.backbones.efficientnet_b0 import EfficientNet
from inference.engine.vision import models

WEIGHTS = models.EfficientNet_B5_Weights


def build(channels: int, size: int) -> nn.Module:
    return EfficientNet(models.efficientnet_b5(), channels)
