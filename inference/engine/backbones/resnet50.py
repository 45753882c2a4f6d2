"""ResNet-50 (He et al., CVPR 2016): the backbone that most other results are compared with."""

from torch import nn

from inference.engine.backbones.resnet18 import ResNet
from inference.engine.vision import models

WEIGHTS = models.ResNet50_Weights


def build(channels: int, size: int) -> nn.Module:
    return ResNet(models.resnet50(), channels)
