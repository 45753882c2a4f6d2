"""Class activation maps as bytes for a viewer. NumPy only: the maps themselves come with the forward pass."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class QuantisedMaps:
    """Maps in 8 bits at the feature map's own resolution: evidence = level / 255 × scale, in logits."""

    levels: NDArray[np.uint8]
    scale: float


def quantise(maps: NDArray[np.floating], *, scale: float | None = None) -> QuantisedMaps:
    """Maps (h, w) or (K, h, w) of one image, in logits → uint8 levels of the same shape, positive evidence only.

    Evidence against a finding becomes 0: a reader is shown where the model sees something. All maps share one scale,
    their largest evidence (or `scale`, to match others), so that the findings of one image can be compared. Raises
    ValueError for NaN or infinity.
    """
    if not np.isfinite(maps).all():
        raise ValueError("A map holds NaN or infinity.")
    evidence = np.maximum(maps.astype(np.float64), 0.0)
    if scale is None:
        scale = float(evidence.max())
    if scale <= 0:
        return QuantisedMaps(np.zeros(maps.shape, np.uint8), 0.0)
    levels = np.rint(np.minimum(evidence / scale, 1.0) * 255).astype(np.uint8)
    return QuantisedMaps(levels, scale)
