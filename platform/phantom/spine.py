"""The thoracic and upper lumbar spine."""

import numpy as np
from numpy.random import Generator

from phantom.projection import Projection
from phantom.shapes import Map, chord, curve


def spine_add(projection: Projection, out: Map, gap: float, rng: Generator) -> None:
    """Add vertebrae `gap` cm apart to a map of path lengths of bone (cm)."""
    t = projection.z / projection.height
    middle = _axis(projection) + rng.normal(0, 0.35) * np.sin(t * np.pi)
    columns = np.flatnonzero(np.abs(projection.x[0] - float(np.median(middle))) < 7)
    if len(columns) == 0:
        return
    strip = slice(int(columns[0]), int(columns[-1]) + 1)
    dx = projection.x[:, strip] - middle
    level = (projection.z + 1.6) / gap
    size = np.clip(0.8 + 0.022 * level, 0.65, 1.1).astype(np.float32)
    out[:, strip] += _bodies(dx, level % 1, size, gap, 2.4 if projection.pose.side_on else 1.0)
    out[:, strip] += _arches(dx, level % 1, size, gap, projection.pose.side_on)


def _axis(projection: Projection) -> Map:
    """Where the middle of the spine is across the image at every row, (n, 1) cm."""
    if not projection.pose.side_on:
        return np.full_like(projection.z, -4 * projection.pose.sideways)
    knots = np.linspace(-0.4, 1.4, 10)
    bow = 0.55 * projection.patient.depth - 1.2 + 2.6 * np.sin(np.clip(knots + 0.1, -0.3, 1.5) * 2.6)
    return curve(list(knots), list(bow), projection.z / projection.height)


def _bodies(dx: Map, k: Map, size: Map, gap: float, dense: float) -> Map:
    """Vertebral bodies with their end plates; k runs 0..1 from disc to disc."""
    half = 1.75 * size * (1 - 0.13 * np.sin(np.pi * k))
    from_disc = np.minimum(k, 1 - k) * gap
    body = np.clip(from_disc / 0.1 - 1.6, 0, 1)
    plate = np.exp(-(((from_disc - 0.28) / 0.09) ** 2))
    q = np.abs(dx) / half
    inside = np.clip((1 - q) * half / 0.25, 0, 1)
    cube = q * q * q
    filling = dense * (0.25 + 0.1 * body) * chord(q, 3)
    return np.asarray(inside * (filling + body * (0.12 * cube * cube + 0.13 * plate)))


def _arches(dx: Map, k: Map, size: Map, gap: float, side_on: bool) -> Map:
    """Pedicles, transverse and spinous processes."""
    spinous = np.hypot(dx / (0.22 + 0.12 * k), (k - 0.62) * gap / 0.75)
    out = 0.16 * chord(spinous, 3)
    if side_on:
        return out
    far = np.abs(dx)
    ring = np.hypot((far - 1.15 * size) / 0.42, (k - 0.36) * gap / 0.6)
    out += 0.28 * np.exp(-(((ring - 1) / 0.28) ** 2)) + 0.08 * (ring < 1)
    wing = np.hypot((far - 2.4 * size) / 1.1, (k - 0.3) * gap / 0.42 + 0.25 * far - 0.4)
    return out + 0.22 * chord(wing)
