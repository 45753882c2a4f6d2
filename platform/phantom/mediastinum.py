"""Heart, great vessels and fat of the mediastinum, seen from the front, as path lengths."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from phantom.projection import Projection, Window
from phantom.shapes import Map, chord, curve, power, sigmoid


@dataclass(frozen=True)
class Domes:
    """Tops of the two halves of the diaphragm, cm below the apex of the lungs."""

    right: float
    left: float


class _Blend:
    """A smooth maximum of overlapping bodies: the fourth root of the sum of fourth powers."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self.sum = projection.empty()

    def add(self, body: Map, where: Window = (slice(None), slice(None))) -> None:
        self.sum[where] += power(body, 4)

    def oval(self, deep: float, x: float, z: float, rx: float, rz: float, lean: float = 0.0) -> None:
        """Add an ellipsoid `deep` cm thick at (x, z), leaning by `lean` radians."""
        near, body = self.projection.ellipsoid(x + 3 * self.projection.pose.sideways, z, rx, rz, lean)
        self.add(deep * body, near)

    def root(self) -> Map:
        return np.sqrt(np.sqrt(self.sum))


def mediastinum_project(
    projection: Projection, ctr: float, domes: Domes, shape: Map, inner: Map, rng: Generator
) -> tuple[Map, NDArray[np.bool_]]:
    """Path length through the mediastinum (cm), and the outline of a heart of cardiothoracic ratio `ctr`.

    shape: path length of the chest's inside; inner: half width of the mediastinum at every pixel, cm.
    """
    height = projection.height
    age = float(np.clip((projection.patient.age - 40) / 40, 0, 1))
    scale = 2 * projection.patient.width * ctr / 12.6
    blend = _Blend(projection)
    blend.add(0.80 * shape * chord((projection.x - 2 * projection.pose.sideways) / inner, 3))
    heart = _heart(projection, scale, rng)
    blend.add(heart)
    blend.oval(6.5, 0.7 + 0.35 * age, 0.285 * height, 2.15 + 0.35 * age, 2.0 + 0.35 * age)  # aortic knob
    blend.oval(5.0, 1.9, 0.40 * height, 1.75, 2.6, -0.1)  # pulmonary trunk
    blend.oval(5.0, -1.0, 0.37 * height, 1.75 + 0.5 * age, 4.4, 0.05)  # ascending aorta
    for deep, x, z, rx, rz in (
        (rng.uniform(2, 6), -4.0 * scale, domes.right, 1.3, 1.3),
        (rng.uniform(1, 4), 7.4 * scale, domes.left + 0.3, 2.0, 1.2),
    ):  # fat pads
        x += 3 * projection.pose.sideways
        near = projection.window(x, z, 3 * rx, 3 * rz)
        u = (projection.x[:, near[1]] - x) / rx
        v = (projection.z[near[0]] - z) / rz
        blend.add(deep * np.exp(-u * u - v * v), near)
    aorta = chord((projection.x - 1.5 - 0.4 * age + 4 * projection.pose.sideways) / 1.35)
    blend.add(2.6 * aorta * (projection.z > 0.27 * height))  # descending
    return blend.root(), (heart > 0) & (projection.z > 0.42 * height)


def _heart(projection: Projection, scale: float, rng: Generator) -> Map:
    xs = projection.x - 3 * projection.pose.sideways
    sunk = 0.25 if projection.pose.breath < -0.5 else 0.0
    t = (projection.z - sunk) / projection.height + rng.normal(0, 0.015)
    right = curve([0.36, 0.45, 0.58, 0.72, 0.88, 1.0, 1.2], [2.4, 3.0, 3.7, 4.25, 4.4, 4.1, 3.6], t)
    bulge = (2.8, 3.2, 4.2, 5.9, 7.5, 8.25, 8.2, 7.3, 5.0)
    left = curve([0.36, 0.44, 0.54, 0.66, 0.80, 0.90, 0.98, 1.05, 1.13], bulge, t)
    q = np.where(xs < 0, xs / (scale * right), xs / (scale * left))
    return 14.0 * scale * chord(q, 2.5) * sigmoid((projection.z - 0.40 * projection.height) / 0.5)
