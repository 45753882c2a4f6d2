"""The aerated lungs of one patient, seen from the front."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from phantom.mediastinum import Domes, mediastinum_project
from phantom.projection import Projection
from phantom.shapes import Map, chord, curve, softplus


@dataclass(frozen=True)
class Lungs:
    """Path lengths of aerated lung (cm), right and left as the patient's, with the outline of the heart between them.

    wall: half width of the chest's inside at every row, (n, 1) cm, measured from the middle of the image's axis.
    """

    right: Map
    left: Map
    heart: NDArray[np.bool_]
    wall: Map


def domes_draw(projection: Projection, rng: Generator) -> Domes:
    return Domes(projection.height, projection.height + rng.normal(1.1, 0.45))


def lungs_project(projection: Projection, ctr: float, domes: Domes, rng: Generator) -> Lungs:
    """Lungs about a heart of the cardiothoracic ratio `ctr`; the same stream gives the same lungs about any heart."""
    x, height = projection.x, projection.height
    t = projection.z / height
    rounded = np.sqrt(np.clip(1 - (1 - np.clip(t / 0.17, 0, 1)) ** 2, 0, 1))
    narrow = 0.41 * projection.patient.width
    wall = narrow + (projection.cage(projection.z) - narrow) * rounded
    right = curve([0, 0.12, 0.26, 0.36, 0.48, 0.7, 1.3], [2.2, 2.3, 2.6, 2.9, 2.9, 2.6, 2.4], t) + rng.normal(0, 0.15)
    left = curve([0, 0.12, 0.20, 0.3, 0.38, 0.5, 1.3], [2.2, 2.0, 2.2, 2.5, 2.8, 2.6, 2.3], t) + rng.normal(0, 0.15)
    inner = narrow - (narrow - np.where(x < 0, right, left)) * rounded
    across = chord(np.minimum(np.abs(x) / np.maximum(wall, 1e-3), 1), 3)
    shape = 2 * projection.cage_depth(projection.z) * np.sqrt(rounded) * across
    middle, heart = mediastinum_project(projection, ctr, domes, shape, inner, rng)
    below = _below_domes(projection, domes, rng)
    air = softplus(shape - np.cbrt(power3(middle) + power3(below)), 0.35) * (shape > 0)
    air = np.maximum(air - 0.02, 0)
    return Lungs(air * (x < 0), air * (x >= 0), heart, wall)


def power3(a: Map) -> Map:
    return a * a * a


def _below_domes(projection: Projection, domes: Domes, rng: Generator) -> Map:
    """Path length cut away by the diaphragm, cm."""
    x = projection.x
    dome = np.where(
        x < 0,
        _dome(x + 6.2, domes.right, 3.6 * rng.uniform(0.9, 1.15), 7.2, np.where(x < -6.2, 1, 0.45)),
        _dome(x - 6.8, domes.left, 3.8 * rng.uniform(0.9, 1.15), 7.0, np.where(x > 6.8, 1, 0.35)),
    )
    dome = dome + 0.12 * np.sin(x * 0.85 + rng.uniform(0, 6))
    over: Map = np.maximum(projection.z - dome, 0).astype(np.float32)
    return np.asarray(2 * np.sqrt(over / 0.045) + 1.2 * over)


def _dome(x: Map, top: float, sag: float, width: float, slope: Map) -> Map:
    return np.asarray(top + sag * np.abs(x / width) ** 2.4 * slope, np.float32)
