"""Class activation maps as bytes for a viewer. NumPy only; the maps themselves come with the forward pass."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class QuantisedMaps:
    """Maps in 8 bits at the feature map's own resolution: evidence = level / 255 × scale, in logits."""

    levels: NDArray[np.uint8]
    scale: float


def quantise(maps: NDArray[np.floating], *, scale: float | None = None) -> QuantisedMaps:
    """(h, w) or (K, h, w) maps of one image → levels of the same shape, positive evidence only.

    Evidence against a finding becomes 0: a reader is shown where the model sees something. One scale, the largest
    evidence among the maps given (or `scale`, to match others), makes the findings of one image comparable. Raises
    ValueError for NaN or infinity.
    """
    if not np.isfinite(maps).all():
        raise ValueError("A map holds NaN or infinity.")
    evidence = np.maximum(maps.astype(np.float64), 0.0)
    top = float(evidence.max()) if scale is None else scale
    if top <= 0:
        return QuantisedMaps(np.zeros(maps.shape, np.uint8), 0.0)
    return QuantisedMaps(np.rint(np.minimum(evidence / top, 1.0) * 255).astype(np.uint8), top)
