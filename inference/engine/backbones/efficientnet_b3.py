"""EfficientNet-B3 (Tan and Le, ICML 2019): more accuracy per weight; at home on photographs such as dermoscopy."""

from torch import nn

from inference.engine.backbones.efficientnet_b0 import EfficientNet
from inference.engine.vision import models

WEIGHTS = models.EfficientNet_B3_Weights


def build(channels: int, size: int) -> nn.Module:
    return EfficientNet(models.efficientnet_b3(), channels)
