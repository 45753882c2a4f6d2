"""Pneumothorax: a crescent of free gas, widest at the apex, inside it the thin line of the pleura."""

import numpy as np
from numpy.random import Generator

from phantom.shapes import sigmoid
from phantom.tissue import Drawn, Finding, Side, Tissue, between


def draw(tissue: Tissue, rng: Generator, severity: float, ease: float, side: Side) -> Drawn:
    """Extent: median width of the gap. Outside the line no lung markings; inside, the lung is a little denser."""
    p = tissue.projection
    lung = tissue.healthy[side]
    apical = 0.3 + 0.7 * np.exp(-((np.maximum(p.z, 0) / (0.55 * p.height)) ** 2))
    gap = (0.8 + severity**1.7 * between(1.6, 7.0, ease)) * apical + 0.15 * np.sin(p.z * 0.7 + rng.uniform(0, 6))
    inside = lung > 0.2
    free = sigmoid((gap - tissue.inward) / 0.05) * inside
    line = np.exp(-(((tissue.inward - gap) / 0.07) ** 2)) * inside
    tissue.markings *= 1 - free * between(0.3, 1, ease)
    lucent = between(0.03, 0.15, ease)
    dense = between(0.01, 0.05, ease)
    tissue.opaque += between(0.15, 0.5, ease) * line + (dense * (1 - free) - lucent * free) * lung
    return Drawn(free > 0.5, float(np.median(gap)))


FINDING = Finding(unit="cm", draw=draw)
