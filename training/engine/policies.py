"""How far augmentation may change an image, by name. Imports no torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class AugmentationPolicy:
    """The largest changes, each drawn from minus to plus.

    rotation is in degrees, scale and shift are shares of the side, contrast is a share, brightness is in the input's
    standard deviations. `mirror`: random flips and quarter turns, for images that have no up and no left. Never for
    chests: the heart lies on one side, and situs inversus is a finding.
    """

    rotation: float = 0.0
    scale: float = 0.0
    shift: float = 0.0
    contrast: float = 0.0
    brightness: float = 0.0
    mirror: bool = False


POLICIES = {
    "none": AugmentationPolicy(),
    "chest": AugmentationPolicy(rotation=15, scale=0.15, shift=0.09, contrast=0.3, brightness=0.6),
    "skin": AugmentationPolicy(rotation=45, scale=0.2, shift=0.06, contrast=0.2, brightness=0.4, mirror=True),
}
