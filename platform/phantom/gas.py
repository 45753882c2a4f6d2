"""Gas outside the lungs, seen from the front: windpipe, main bronchi, stomach and bowel."""

import numpy as np
from numpy.random import Generator

from phantom.mediastinum import Domes
from phantom.projection import Projection
from phantom.shapes import Map, chord, sigmoid


def gas_project(projection: Projection, domes: Domes, rng: Generator) -> Map:
    """Path length of gas, cm, at most 5."""
    out = projection.empty()
    _airway_add(projection, out)
    _abdomen_add(projection, out, domes, rng)
    return np.minimum(out, 5)


def _airway_add(projection: Projection, out: Map) -> None:
    x = projection.x
    z = projection.z
    height = projection.height
    sideways = projection.pose.sideways
    middle = 0.25 * np.sin(np.clip(z / height, -0.3, 0.27) * 9) - sideways - 0.3
    bore = 0.85 if projection.patient.sex == "M" else 0.72
    columns = np.flatnonzero(np.abs(x[0]) < 7)
    strip = slice(int(columns[0]), int(columns[-1]) + 1)
    dx = x[:, strip] - middle
    out[:, strip] += 1.5 * chord(dx / bore, 3) * sigmoid((0.285 * height - z) / 0.35) * sigmoid((z + 4.5) / 0.5)
    run = z - 0.265 * height
    for side, slope in ((-1, 1.25), (1, 0.85)):
        across = chord((dx * side - run / slope) * slope / 1.35 / (0.62 - 0.04 * np.clip(run, 0, 5)))
        out[:, strip] += 1.25 * across * np.clip(run / 0.9, 0, 1) * np.clip(1 - run / 4.2, 0, 1)


def _abdomen_add(projection: Projection, out: Map, domes: Domes, rng: Generator) -> None:
    x = rng.uniform(4.5, 7.5)
    z = domes.left + rng.uniform(2.4, 3.4)
    deep = rng.uniform(1.5, 6)
    wide = rng.uniform(2, 4)
    if projection.pose.view == "PA":  # erect, so the stomach shows a fluid level
        near, bubble = projection.ellipsoid(x, z, wide, 2.1)
        out[near] += deep * bubble * sigmoid((z + 0.7 - projection.z[near[0]]) / 0.05)
    for _ in range(rng.integers(2, 7)):
        x = rng.uniform(-2, 11)
        z = domes.left + rng.uniform(3, 10)
        near, loop = projection.ellipsoid(x, z, rng.uniform(0.7, 2), rng.uniform(0.6, 1.6), rng.uniform(0, 3))
        out[near] += rng.uniform(0.5, 3) * loop * (projection.z[near[0]] > domes.left + 1.2)
