"""Scapulae and humeri."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from phantom.projection import Projection
from phantom.raster import blur
from phantom.shapes import Map, chord
from phantom.tubes import Tube, bezier, tube_add


@dataclass(frozen=True)
class Arm:
    """The upper arm hanging from the shoulder: head of the humerus (x, z) in cm, its angle outwards in radians."""

    side: int
    x: float
    z: float
    angle: float


def arms_draw(projection: Projection, raised: float, rng: Generator) -> list[Arm]:
    """Where the two arms hang; none in a lateral view, where they are lifted out of the image."""
    if projection.pose.side_on:
        return []
    out = projection.patient.width * 1.07 + 2.4
    return [Arm(side, side * out, 1.4 - 0.5 * raised, rng.uniform(0.15, 0.5)) for side in (-1, 1)]


def shoulder_add(projection: Projection, out: Map, arm: Arm, rng: Generator) -> None:
    """Add one scapula and humerus to a map of path lengths of bone (cm)."""
    _scapula_add(projection, out, arm, rng)
    _humerus_add(projection, out, arm, rng)


def _scapula_add(projection: Projection, out: Map, arm: Arm, rng: Generator) -> None:
    inward = (2.2 if projection.pose.view == "AP" else 0.2) + rng.normal(0, 0.6)

    def at(x: float, z: float) -> NDArray[np.float64]:
        return np.array([arm.x - arm.side * (1.8 + x), -7, arm.z + z])

    neck = at(0.4, 1.2)
    tip = at(2.0 + inward, 13.2)
    upper = at(6.0 + inward, -0.6)
    root = at(6.2 + inward, 1.6)
    for tube in (
        Tube(bezier(neck, at(1.7 + 0.5 * inward, 6), tip), 0.22, 0.30, 0.07, 0.1),  # lateral border
        Tube(bezier(tip, at(6.8 + inward, 7), upper), 0.14, 0.2, 0.06, 0.1),  # medial border
        Tube(bezier(root, at(3, -0.6), at(-2.2, -2.6)), 0.35, 0.5, 0.1),  # spine and acromion
        Tube(bezier(at(0.3, -1.2), at(-0.15, 0.3), at(0.3, 1.7)), 0.3, 0.35, 0.14),  # glenoid
    ):
        tube_add(projection, out, tube, rng)
    blade = [neck, tip, at(6.6 + inward, 6), upper, at(3, -1)]
    near = projection.window(arm.x - arm.side * 5.3, arm.z + 6, 8, 9)
    rows, columns = near
    if rows.stop <= rows.start or columns.stop <= columns.start:
        return
    image = Image.new("L", (columns.stop - columns.start, rows.stop - rows.start))
    left = projection.x[0, columns.start]
    top = projection.z[rows.start, 0]
    ImageDraw.Draw(image).polygon(
        [((q[0] - left) / projection.px, (q[2] - top) / projection.px) for q in blade], fill=255
    )
    out[near] += blur(np.asarray(image, np.float32) * (0.18 / 255), 0.12 / projection.px)


def _humerus_add(projection: Projection, out: Map, arm: Arm, rng: Generator) -> None:
    h = np.linspace(0, 1, 50)
    fall = np.array([arm.side * 22 * np.sin(arm.angle), 0, 22 * np.cos(arm.angle)])
    shaft = np.array([arm.x, -1, arm.z]) + h[:, None] * fall
    radius = np.interp(h, [0, 0.08, 0.16, 0.3, 1], [2.0, 1.9, 1.5, 1.2, 1.15])
    grown = np.interp(h, [0.03, 0.16], [0, 1])
    tube_add(projection, out, Tube(shaft, radius, radius, 0.2 * grown, 0.10 * grown), rng)
    near = projection.window(arm.x, arm.z, 2.6, 2.8)
    x = projection.x[:, near[1]]
    z = projection.z[near[0]]
    ball = np.hypot(x - arm.x + projection.pose.sideways, (z - arm.z) / 1.08) / 2.35
    out[near] += 2.1 * chord(ball) - 1.45 * chord(ball / 0.95)
