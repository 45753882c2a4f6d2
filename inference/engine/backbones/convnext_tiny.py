"""ConvNeXt-Tiny (Liu et al., CVPR 2022): a convolutional network made of what transformers taught, 28 million weights."""

from torch import Tensor, nn

from inference.engine.vision import models

WEIGHTS = models.ConvNeXt_Tiny_Weights


class ConvNeXt(nn.Module):
    """Its layer normalisation, which stands after the pooling there, acts at each place of the map: the head stays linear."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        whole = models.convnext_tiny()
        self.features = whole.features
        self.features[0][0] = nn.Conv2d(channels, 96, 4, stride=4)
        self.classifier = whole.classifier[:1]

    def forward(self, images: Tensor) -> Tensor:
        features: Tensor = self.classifier(self.features(images))
        return features


def build(channels: int, size: int) -> nn.Module:
    return ConvNeXt(channels)
