"""Solitary nodule or mass: a lobulated disc of soft tissue, partly calcified, 1.5 to 5 cm across."""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from phantom.raster import blur
from phantom.shapes import chord
from phantom.tissue import Drawn, Finding, Side, Tissue, between


def draw(tissue: Tissue, rng: Generator, severity: float, ease: float, side: Side) -> Drawn:
    """Extent: diameter."""
    p = tissue.projection
    lung = tissue.healthy[side]
    radius = 0.65 + severity * between(0.9, 2.1, ease)
    place = rng.random()
    squash = rng.uniform(0.9, 1.1)
    x, z = _place(tissue, side, place)
    near = p.window(x, z, 2 * radius, 2 * radius)
    dx = p.x[:, near[1]] - x
    dz = p.z[near[0]] - z
    angle = np.arctan2(dz, dx)
    outline = 1 + sum(rng.normal(0, 0.12 / m) * np.cos(m * angle + rng.uniform(0, 6)) for m in (2, 3, 4, 5, 7))
    q = (np.hypot(dx, dz * squash) / (radius * outline)).astype(np.float32)
    body = 2 * radius * blur(chord(q), 0.09 / p.px)
    tissue.lung[side][near] = np.maximum(tissue.lung[side][near] - body * between(0.5, 1, ease), 0)
    tissue.opaque[near] += between(0.5, 3.0, ease) * body
    mask = np.zeros(lung.shape, bool)
    mask[near] = q < 1
    return Drawn(mask, 2 * radius)


def _place(tissue: Tissue, side: Side, place: float) -> tuple[float, float]:
    """A point in well aerated lung, 1.5 cm from the wall and above the dome; `place` in [0, 1) chooses."""
    p = tissue.projection
    lung = tissue.healthy[side]
    dome = tissue.chest.domes.right if side == "R" else tissue.chest.domes.left
    inside: NDArray[np.bool_] = (tissue.inward > 1.5) & (p.z < dome)
    deep = inside & (lung > min(8.0, 0.7 * float(lung[inside].max())))
    rows, columns = np.nonzero(deep)
    pick = int(place * len(rows))
    return float(p.x[0, columns[pick]]), float(p.z[rows[pick], 0])


FINDING = Finding(unit="cm", draw=draw, lasting=True)
