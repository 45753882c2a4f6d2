"""A small U-Net (Ronneberger et al., MICCAI 2015) that works on half of the input's sides."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class Block(nn.Sequential):
    """Two 3 × 3 convolutions, each with batch normalisation and ReLU."""

    def __init__(self, inner: int, outer: int) -> None:
        super().__init__(
            nn.Conv2d(inner, outer, 3, padding=1, bias=False),
            nn.BatchNorm2d(outer),
            nn.ReLU(inplace=True),
            nn.Conv2d(outer, outer, 3, padding=1, bias=False),
            nn.BatchNorm2d(outer),
            nn.ReLU(inplace=True),
        )


class UNet(nn.Module):
    """Logits (N, outputs, S, S) from films float32 (N, 1, S, S) of 0 to 1, S a multiple of 16; each is standardised first.

    The borders of lungs are smooth: logits made on half of the sides and enlarged lose no more than a human's line wavers, in a
    quarter of the time.
    """

    def __init__(self, widths: tuple[int, ...] = (16, 32, 64, 96), outputs: int = 2) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, widths[0], 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
        )
        inner = (widths[0], *widths[:-1])
        self.down = nn.ModuleList([Block(one, other) for one, other in zip(inner, widths, strict=True)])
        pairs = zip(widths[:-1], widths[1:], strict=True)
        self.up = nn.ModuleList([Block(fine + coarse, fine) for fine, coarse in pairs])
        self.last = nn.Conv2d(widths[0], outputs, 1)

    def forward(self, images: Tensor) -> Tensor:
        centred = images - images.mean((2, 3), keepdim=True)
        spread = centred.square().mean((2, 3), keepdim=True).sqrt()
        features = self.stem(centred / (spread + 0.02))
        levels = []
        for level, block in enumerate(self.down):
            features = block(functional.max_pool2d(features, 2) if level else features)
            levels.append(features)
        for level in range(len(levels) - 2, -1, -1):
            enlarged = functional.interpolate(features, scale_factor=2.0, mode="nearest")
            features = self.up[level](torch.cat([levels[level], enlarged], 1))
        return functional.interpolate(self.last(features), scale_factor=2.0, mode="bilinear", align_corners=False)
