"""Electrodes of a monitor and their leads."""

import numpy as np
from numpy.random import Generator

from phantom.projection import Projection
from phantom.shapes import Map, chord
from phantom.tubes import Tube, tube_add


def electrodes_add(projection: Projection, out: Map, rng: Generator) -> None:
    """Add two to four electrodes to nearly half of all AP films and a few others, as centimetres of bone."""
    if rng.random() >= (0.45 if projection.pose.view == "AP" else 0.06):
        return
    for _ in range(rng.integers(2, 5)):
        width = projection.patient.width
        height = projection.height
        pad = np.array([rng.uniform(-0.85, 0.85) * width, 10, rng.uniform(0.1, 1.05) * height])
        plug = np.array([rng.uniform(-1.2, 1.2) * width, 10, rng.choice([-6, height + 12])])
        k = np.linspace(0, 1, 60)[:, None]
        sag = np.sin(np.pi * k) * [rng.normal(0, 3), 0, rng.normal(0, 2)]
        tube_add(projection, out, Tube(pad * (1 - k) + plug * k + sag, 0.06, 0.06, 0.06, 1.0), rng)
        x, z = pad @ projection.flatten
        near = projection.window(x, z, 1.4, 1.4)
        r = np.hypot(projection.x[:, near[1]] - x, projection.z[near[0]] - z).astype(np.float32)
        out[near] += 0.5 * chord(r / 0.55) + 0.12 * (r < 1.3)
