"""EfficientNet-B0 (Tan and Le, ICML 2019): the smallest of its family, 4 million weights."""

from torch import Tensor, nn

from inference.engine.vision import models

WEIGHTS = models.EfficientNet_B0_Weights


class EfficientNet(nn.Module):
    """One of torchvision's EfficientNets without its classifier, for images of that many channels."""

    def __init__(self, whole: nn.Module, channels: int) -> None:
        super().__init__()
        self.features: nn.Module = whole.features  # type: ignore[assignment]
        stem = self.features[0]  # type: ignore[index]
        stem[0] = nn.Conv2d(channels, stem[0].out_channels, 3, stride=2, padding=1, bias=False)

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.features(images)
        return features


def build(channels: int, size: int) -> nn.Module:
    return EfficientNet(models.efficientnet_b0(), channels)
