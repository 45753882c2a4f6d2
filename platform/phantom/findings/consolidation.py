"""Consolidation: a cloudy patch of dense lung with air bronchograms, sometimes cut off at a fissure."""

import numpy as np
from numpy.random import Generator

from phantom.raster import clouds
from phantom.shapes import sigmoid
from phantom.tissue import Drawn, Finding, Side, Tissue, between

CLOUDS = ((0.30, 3.0), (0.10, 1.0), (0.05, 0.4))
"""Weight and size (cm) of the irregularities of the edge."""


def draw(tissue: Tissue, rng: Generator, severity: float, ease: float, side: Side) -> Drawn:
    """Extent: share of that lung's area."""
    p = tissue.projection
    lung = tissue.healthy[side]
    if p.pose.side_on:
        sign = float(rng.choice([-1, 1]))
    else:
        sign = -1 if side == "R" else 1
    x = sign * p.reach * rng.uniform(0.38, 0.72)
    z = p.height * rng.uniform(0.22, 0.86)
    size = 2.4 + 2.8 * severity
    r = np.hypot((p.x - x) / size, (p.z - z) / (size * rng.uniform(0.8, 1.15)))
    for weight, grain in CLOUDS:
        r = r - weight * clouds(rng, r.shape, grain / p.px)
    patch = sigmoid((1 - r) / 0.3)
    if rng.random() < 0.4:
        patch = patch * sigmoid((p.z - z + 0.2 * np.abs(p.x)) * rng.choice([-1, 1]) / 0.12 + 3)
    patch = patch * (lung > 0)
    dense = patch * (0.2 + 0.7 * severity) * between(0.25, 0.95, ease)
    tissue.lung[side] *= 1 - dense
    tissue.airways += 1.3 * np.minimum(tissue.chest.bronchi, 1.2) * dense
    mask = (patch > 0.5) & (lung > 1)
    return Drawn(mask, float(mask.sum() / max(1, (lung > 1).sum())))


FINDING = Finding(unit="share of lung", draw=draw)
