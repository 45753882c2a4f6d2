"""EfficientNet-B3 (Tan and Le, ICML 2019): more accuracy per weight; at home on photographs such as dermoscopy."""

from torch import Tensor, nn

from inference.engine.vision import models

DIMENSION = 1536
STEM = "features.0.0.weight"
WEIGHTS = models.EfficientNet_B3_Weights


class EfficientNetB3(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.features = models.efficientnet_b3().features
        self.features[0][0] = nn.Conv2d(channels, 40, 3, stride=2, padding=1, bias=False)

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.features(images)
        return features


def build(channels: int) -> nn.Module:
    return EfficientNetB3(channels)
