"""The lungs and heart of one patient, seen from the side: a sketch beside the frontal view."""

import math

import numpy as np
from numpy.random import Generator

from phantom.lungs import Lungs
from phantom.mediastinum import Domes
from phantom.projection import Projection
from phantom.raster import blur
from phantom.shapes import Map, chord, ellipsoid, sigmoid


def lungs_project_side_on(projection: Projection, ctr: float, domes: Domes, rng: Generator) -> Lungs:
    """As lungs.lungs_project; right and left lie one behind the other, each with a dome of its own."""
    x, z, height = projection.x, projection.z, projection.height
    rounded = np.sqrt(np.clip(1 - (1 - np.clip(z / (0.2 * height), 0, 1)) ** 2, 0, 1))
    wall = projection.cage_depth(z) * (0.35 + 0.65 * rounded) * (z > -0.2)
    across = chord(np.minimum(np.abs(x) / np.maximum(wall, 1e-3), 1), 2.5)
    heart = _heart(projection, 2 * projection.patient.width * ctr / 12.6)
    room = np.maximum(1.7 * projection.cage(z) * rounded * across - heart - _middle(projection), 0) / 2
    both = []
    for top in (domes.right, domes.left):
        sag = rng.uniform(0.9, 1.1) * np.where(x < -1.5, 0.022, 0.058)
        over = np.maximum(z - top - sag * (x + 1.5) ** 2, 0).astype(np.float32)
        both.append(blur(np.maximum(room - 4 * np.sqrt(over) - over, 0), 0.05 / projection.px))
    return Lungs(both[0], both[1], (heart > 0) & (z < height + 1), wall)


def _heart(projection: Projection, scale: float) -> Map:
    """An egg leaning forwards on the diaphragm, path length in cm."""
    x = projection.x + 3.4
    z = projection.z - projection.height + 3.6
    u = (x * 0.86 + z * 0.5) / (4.4 * scale)
    v = (z * 0.86 - x * 0.5) / (5.9 * scale)
    egg = blur(ellipsoid(u, v), 0.12 / projection.px)
    return 10.5 * scale * egg


def _middle(projection: Projection) -> Map:
    """Great vessels, oesophagus and spine's muscle, path length in cm."""
    x, z, height = projection.x, projection.z, projection.height
    upper = 5.5 * chord(np.clip((x + 0.5) / 5.5, -1, 1)) * sigmoid((0.45 * height - z) / 1.5)
    u = (x - 1.0) / 3.2
    v = (z - 0.28 * height) / 1.9
    arch = 3 * blur(ellipsoid(u, v), 0.2 / projection.px)
    descending = 2.0 * chord((x - 4.2) / 1.3) * sigmoid((z - 0.28 * height) / 0.8)
    return 3.0 + upper + arch + descending


def gas_side_on(projection: Projection, domes: Domes, rng: Generator) -> Map:
    """Stomach bubble and windpipe seen from the side, cm of gas."""
    x, z = projection.x, projection.z
    u = (x + 1) / rng.uniform(2, 3.5)
    v = (z - domes.left - 2.6) / 1.6
    stomach = 3 * ellipsoid(u, v) * sigmoid((domes.left + 3.2 - z) / 0.05)
    pipe = chord((x - 0.6 - math.tan(0.1) * z) / 0.8, 3)
    return stomach + 1.6 * pipe * sigmoid((0.33 * projection.height - z) / 0.5) * sigmoid((z + 4) / 0.5)
