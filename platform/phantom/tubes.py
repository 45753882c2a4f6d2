"""Hollow bones swept along a path and deposited as points, so that their edges brighten by themselves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from phantom.projection import Projection
from phantom.shapes import Map

Profile = float | NDArray[np.floating]
"""One value for the whole tube, or one per point of its path."""


@dataclass(frozen=True)
class Tube:
    """A bone along path (k, 3): half axes outwards and in the chest wall, thickness of the cortex (all cm), and the
    share of bone in the marrow."""

    path: NDArray[np.floating]
    outwards: Profile
    along_wall: Profile
    cortex: Profile = 0.11
    marrow: Profile = 0.18


def bezier(*q: NDArray[np.floating], points: int = 40) -> NDArray[np.floating]:
    """Quadratic curve (points, 3) from the first to the third of three control points."""
    k = np.linspace(0, 1, points)[:, None]
    return q[0] * (1 - k) ** 2 + 2 * q[1] * k * (1 - k) + q[2] * k**2


def _unit(v: NDArray[np.floating]) -> NDArray[np.floating]:
    return np.asarray(v / (np.linalg.norm(v, axis=1, keepdims=True) + 1e-9))


def _resample(tube: Tube, step: float) -> tuple[NDArray[np.floating], Sequence[Map], float]:
    """Points every `step` cm along the path, the four profiles there as columns (s, 1), and the true step."""
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(tube.path, axis=0), axis=1))]
    s = np.linspace(0, length[-1], max(8, int(length[-1] / step)))
    centre = np.stack([np.interp(s, length, tube.path[:, i]) for i in range(3)], 1)
    k = np.linspace(0, length[-1], len(tube.path))
    profiles = (tube.outwards, tube.along_wall, tube.cortex, tube.marrow)
    values = [np.interp(s, k, np.broadcast_to(v, len(k))).astype(np.float32)[:, None] for v in profiles]
    return centre, values, float(s[1] - s[0])


def tube_add(projection: Projection, out: Map, tube: Tube, rng: Generator) -> None:
    """Add one bone to a map of path lengths of bone (cm)."""
    centre, (a, b, cortex, marrow), step = _resample(tube, 0.75 * projection.px)
    tangent = _unit(np.gradient(centre, axis=0))
    level = centre * [1, 1, 0]
    outwards = _unit(level - (level * tangent).sum(1, keepdims=True) * tangent)
    sideways = np.cross(tangent, outwards)
    middle, u, v = ((w @ projection.flatten).astype(np.float32)[:, None] for w in (centre, outwards, sideways))
    m = int(np.clip(5.0 / projection.px * float(b.mean()), 12, 110))
    even = np.linspace(0, 2 * np.pi, m, endpoint=False, dtype=np.float32)
    angle = even + 6.3 * rng.random((len(centre), 1), np.float32)
    shell_u = a * np.cos(angle)
    shell_v = b * np.sin(angle)
    rim = cortex * np.sqrt((a * np.sin(angle)) ** 2 + (b * np.cos(angle)) ** 2) * (2 * np.pi * step / m)
    projection.splat(out, middle + shell_u[..., None] * u + shell_v[..., None] * v, rim)
    few = max(8, m // 2)
    inner = 0.95 * np.sqrt((np.arange(few, dtype=np.float32) + 0.5) / few)
    spin = 2.399963 * np.arange(few, dtype=np.float32) + 6.3 * rng.random((len(centre), 1), np.float32)
    core_u = a * inner * np.cos(spin)
    core_v = b * inner * np.sin(spin)
    filling = np.pi * a * b * marrow * (step / few)
    projection.splat(out, middle + core_u[..., None] * u + core_v[..., None] * v, filling)
