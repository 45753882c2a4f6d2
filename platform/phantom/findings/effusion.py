"""Pleural effusion: fluid in the costophrenic angle under a meniscus that rises towards the chest wall."""

import numpy as np
from numpy.random import Generator

from phantom.shapes import sigmoid
from phantom.tissue import Drawn, Finding, Side, Tissue, between


def draw(tissue: Tissue, rng: Generator, severity: float, ease: float, side: Side) -> Drawn:
    """Extent: height of the fluid above the costophrenic angle. Lying patients (AP) show a soft upper edge."""
    p = tissue.projection
    lung = tissue.healthy[side]
    angle = float(p.z[np.flatnonzero((lung > 0.3).any(1))[-1], 0])
    height = 0.2 + severity**2 * between(1, 12, ease)
    climb = (0.8 + 2.8 * severity) * np.exp(-np.maximum(tissue.inward, 0) / 2)
    surface = angle - height - climb + 0.05 * np.abs(p.x)
    soft = 1.6 if p.pose.view == "AP" else 0.3
    tissue.lung[side] *= 1 - sigmoid((p.z - surface) / soft) * between(0.35, 1, ease)
    return Drawn((p.z > surface) & (lung > 0.15), height)


FINDING = Finding(unit="cm", draw=draw)
