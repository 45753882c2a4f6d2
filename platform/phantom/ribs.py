"""Ribs, clavicles and sternum."""

import numpy as np
from numpy.random import Generator

from phantom.projection import Projection
from phantom.shapes import Map
from phantom.tubes import Tube, tube_add

REACH_DEGREES = (100, 132, 138, 140, 140, 138, 135, 130, 122, 112, 80, 55)
"""How far each rib runs round the chest, from the spine."""
DROP_CM = (3.2, 5.0, 6.8, 8.2, 9.3, 10, 10.2, 10, 9.2, 8.2, 5, 3.2)
"""How far each rib falls on its way."""


def rib_gap(projection: Projection, rng: Generator) -> float:
    """Distance from one rib, or vertebra, to the next, cm."""
    return projection.height / rng.uniform(9.0, 9.9)


def ribs_add(projection: Projection, out: Map, gap: float, rng: Generator) -> None:
    """Add twelve pairs of ribs to a map of path lengths of bone (cm)."""
    steep = rng.normal(1.0, 0.12) + (0.1 if projection.pose.view == "AP" else 0)
    for level in range(12):
        for side in (-1, 1):
            tube_add(projection, out, _rib(projection, level, side, gap, steep, rng), rng)


def _rib(projection: Projection, level: int, side: int, gap: float, steep: float, rng: Generator) -> Tube:
    far = np.deg2rad(REACH_DEGREES[level])
    phi = np.linspace(np.deg2rad(4), far + rng.normal(0, 0.03), 90)
    along = np.clip((phi - phi[0]) / (np.deg2rad(140) - phi[0]), 0, 1.1)
    bend = along ** rng.normal(2.2, 0.12)
    if level > 9:
        fall = 0.67 * along + 0.43 * bend
    else:
        fall = 0.27 * along + 0.73 * bend
    drop = steep * DROP_CM[level] + rng.normal(0, 0.25)
    z = -1.0 + gap * level + drop * fall - 0.35 * np.sin(np.pi * np.clip(along * 2.6, 0, 1))
    z += 0.08 * np.sin(phi * 5 + rng.uniform(0, 6))
    across = np.maximum((projection.cage(z) + 0.25) * np.sin(phi) ** 0.9, 1.1)
    front = -(projection.cage_depth(z) + 0.25) * np.cos(phi) - 0.6 + 0.45 * side * projection.pose.side_on
    thin = np.clip((far - phi) / 0.12, 0.35, 1) * np.clip(1.1 - 0.25 * along, 0.7, 1.1)
    fade = (0.7 if level > 9 else 1.0) * np.interp(np.degrees(phi), [4, 22, 85, 110, 150], [0.3, 1, 1, 0.6, 0.45])
    tall = (0.53 + 0.05 * (2 < level < 8)) * (1 if projection.patient.sex == "M" else 0.9)
    return Tube(np.stack([side * across, front, z], 1), 0.40 * thin, tall * thin * fade, 0.08 * fade, 0.33 * fade)


def clavicles_add(projection: Projection, out: Map, raised: float, rng: Generator) -> None:
    """Add both clavicles; `raised` is how far the shoulders are pulled up, cm."""
    reach = projection.patient.width * 1.07 - 1.3
    k = np.linspace(0, 1, 60)
    for side in (-1, 1):
        z = 2.6 - raised - (2.6 + rng.normal(0, 0.3)) * k + 0.55 * np.sin(2 * np.pi * k + 0.4)
        path = np.stack([side * (1.5 + reach * k), 6 - 7 * k + 1.6 * np.sin(2 * np.pi * k), z], 1)
        thick = np.sin(np.pi * k)
        tube_add(projection, out, Tube(path, 0.62 - 0.2 * thick, 0.66 - 0.16 * thick, 0.12, 0.38), rng)


def sternum_add(projection: Projection, out: Map, rng: Generator) -> None:
    """Add the sternum, seen in lateral views alone."""
    z = np.linspace(0.12, 0.62, 30) * projection.height
    path = np.stack([np.zeros(30), projection.cage_depth(z) + 0.3, z], 1)
    tube_add(projection, out, Tube(path, 0.5, 1.6, 0.05, 0.08), rng)
