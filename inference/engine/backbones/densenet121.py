"""DenseNet-121 (Huang et al., CVPR 2017): the usual backbone for chest radiographs since CheXNet."""

from torch import Tensor, nn
from torch.nn import functional

from inference.engine.vision import models

WEIGHTS = models.DenseNet121_Weights


class DenseNet121(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.features = models.densenet121().features
        self.features.conv0 = nn.Conv2d(channels, 64, 7, stride=2, padding=3, bias=False)

    def forward(self, images: Tensor) -> Tensor:
        return functional.relu(self.features(images))


def build(channels: int, size: int) -> nn.Module:
    return DenseNet121(channels)
