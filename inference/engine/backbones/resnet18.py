"""ResNet-18 (He et al., CVPR 2016): small, well understood, quick to fine-tune."""

from torch import Tensor, nn

from inference.engine.vision import models

WEIGHTS = models.ResNet18_Weights
STAGES = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")


class ResNet(nn.Module):
    """One of torchvision's residual networks without its classifier, for images of that many channels."""

    def __init__(self, whole: nn.Module, channels: int) -> None:
        super().__init__()
        whole.conv1 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)
        for stage in STAGES:
            self.add_module(stage, getattr(whole, stage))

    def forward(self, images: Tensor) -> Tensor:
        features = images
        for stage in self.children():
            features = stage(features)
        return features


def build(channels: int, size: int) -> nn.Module:
    return ResNet(models.resnet18(), channels)
