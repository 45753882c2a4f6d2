"""Interstitial disease: a fine net over both lungs, denser towards the bases."""

import numpy as np
from numpy.random import Generator

from phantom.raster import clouds
from phantom.tissue import Drawn, Finding, Side, Tissue, between

MESHES_CM = (0.35, 0.6, 0.9)


def draw(tissue: Tissue, rng: Generator, severity: float, ease: float, side: Side) -> Drawn:
    """Extent: share of both lungs' area where the net is dense."""
    p = tissue.projection
    both = tissue.healthy["R"] + tissue.healthy["L"]
    net = sum((np.exp(-np.abs(clouds(rng, both.shape, mesh / p.px)) / 0.22) for mesh in MESHES_CM), p.empty()) - 1
    basal = 0.35 + 0.75 * p.z / p.height + 0.25 * clouds(rng, both.shape, 4 / p.px)
    spread = np.clip(basal, 0, 1.3) * np.clip(both / 5, 0, 1)
    tissue.opaque += (0.15 + 1.7 * severity**1.3) * between(0.25, 1.5, ease) * spread * (net + 0.35)
    mask = (spread > 0.55) & (both > 1)
    return Drawn(mask, float(mask.sum() / max(1, (both > 1).sum())))


FINDING = Finding(unit="share of lungs", draw=draw, side="B", lasting=True)
