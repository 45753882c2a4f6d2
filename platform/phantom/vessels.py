"""Branching vessels and bronchi of the lungs.

A tree in the manner of Weibel's dichotomous model: each branch gives a thick and a thin daughter, nine generations.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from phantom.projection import Projection
from phantom.raster import blur, clouds
from phantom.shapes import Map
from phantom.streams import Streams

POINTS_ACROSS = (60, 48, 32, 24, 16, 14, 10, 8, 6)
"""Points per step of a branch, by generation."""


@dataclass(frozen=True)
class Branches:
    """Branches of one generation: start (k, 3), unit direction (k, 3), radius (k,), length (k,); centimetres."""

    start: NDArray[np.floating]
    direction: NDArray[np.floating]
    radius: NDArray[np.floating]
    length: NDArray[np.floating]


@lru_cache(1)
def _ball() -> Map:
    """Points filling a ball of radius 1.1, (4096, 3); the same in every image, drawn from in random places."""
    rng = np.random.default_rng(4096)
    direction = rng.standard_normal((4096, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    return np.asarray(1.1 * direction * np.cbrt(rng.random((4096, 1))), np.float32)


def trees_project(projection: Projection, streams: Streams) -> tuple[Map, Map]:
    """Path lengths of blood in the vessels of both lungs, and of air in the bronchi beside the larger ones (cm)."""
    large, medium, small = (projection.empty() for _ in range(3))
    generations = [large] * 3 + [medium] * 3 + [small] * 3
    for side in (-1, 1):
        rng = streams.of_patient(f"vessels {side}")
        branches = _trunks(projection, side, rng)
        _hilum_add(projection, side, float(branches.start[:, 2].mean()), small, rng)
        for across, out in zip(POINTS_ACROSS, generations, strict=True):
            points, volumes = _fill(projection, branches, across, rng)
            projection.splat(out, points @ projection.flatten, volumes)
            branches = _daughters(projection, branches, side, rng)
    below = round(0.25 / projection.px)
    bronchi = projection.empty()
    bronchi[below:] = 0.8 * (large + medium)[: projection.n - below]
    vessels = small + medium + blur(large, 0.09 / projection.px)
    return np.minimum(blur(vessels, max(0.8, 0.035 / projection.px)), 5), bronchi


def _trunks(projection: Projection, side: int, rng: Generator) -> Branches:
    hilum = np.array([side * 3.6, -0.5, projection.height * (0.455 if side < 0 else 0.425)])
    aims = np.deg2rad(np.array([-78, -52, -20, 12, 38, 62, 80]) + rng.normal(0, 8, 7))
    direction = np.stack([side * np.cos(aims), rng.normal(0, 0.4, 7), np.sin(aims)], 1)
    radius = np.array([0.46, 0.40, 0.36, 0.36, 0.42, 0.56, 0.50]) * rng.uniform(0.9, 1.15)
    length = projection.height * np.array([0.10, 0.105, 0.105, 0.11, 0.12, 0.145, 0.15])
    unit = direction / np.linalg.norm(direction, axis=1, keepdims=True)
    return Branches(hilum + 0.4 * direction, unit, radius, length)


def _hilum_add(projection: Projection, side: int, z: float, vessels: Map, rng: Generator) -> None:
    x = 0.5 if projection.pose.side_on else side * 3.9
    near = projection.window(x, z + 0.8, 3.2, 6.5)
    u = (projection.x[:, near[1]] - x) / 1.1
    v = (projection.z[near[0]] - z - 0.8) / 2.3
    haze = np.exp(-u * u - v * v)
    vessels[near] += 0.9 * haze * (1 + 0.5 * clouds(rng, haze.shape, 0.6 / projection.px))


def _fill(projection: Projection, branches: Branches, across: int, rng: Generator) -> tuple[Map, Map]:
    """Points (k, n, across, 3) filling bowed, tapering branches, and the volume of each (k, n, across) in cm3."""
    many = len(branches.radius)
    mean = float(branches.length.mean())
    n = max(6, int(mean / (0.7 * projection.px)))
    k = np.linspace(0, 1, n, dtype=np.float32)[None, :, None]
    length = branches.length[:, None, None]
    bow = rng.normal(0, 0.40, (many, 1, 3)) * length
    line = branches.start[:, None] + branches.direction[:, None] * k * length + bow * k * (1 - k)
    taper = (branches.radius[:, None] * (1 - 0.2 * k[..., 0])).astype(np.float32)
    ball = np.resize(np.roll(_ball(), int(rng.integers(4096)), axis=0), (many, n, across, 3))
    points = line.astype(np.float32)[:, :, None] + ball * taper[..., None, None]
    volumes = (np.pi / (n * across) * taper**2 * branches.length[:, None].astype(np.float32))[..., None]
    return points, volumes


def _daughters(projection: Projection, parents: Branches, side: int, rng: Generator) -> Branches:
    """Two daughters per branch, those too thin or outside the chest left out."""
    many = len(parents.radius)
    middle = parents.start + parents.direction * parents.length[:, None]
    flip = rng.choice([-1, 1], (many, 1))
    directions = []
    for sign, mean in ((-1, 0.22), (1, 0.62)):
        angle = sign * rng.normal(mean, 0.10, (many, 1))
        normal = np.cross(parents.direction, rng.normal(0, 1, (many, 3)) + [0, 2.2, 0]) * flip
        normal /= np.linalg.norm(normal, axis=1, keepdims=True)
        directions.append(parents.direction * np.cos(angle) + normal * np.sin(angle) + [side * 0.03, 0, 0])
    direction = np.concatenate(directions)
    start = np.concatenate([middle, middle])
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    thick = rng.uniform(0.80, 0.92, many)
    thin = rng.uniform(0.5, 0.75, many)
    radius = np.concatenate([parents.radius * thick, parents.radius * thin])
    length = np.concatenate([parents.length, parents.length]) * 0.84 * rng.uniform(0.75, 1.25, 2 * many)
    keep = (radius > 0.018) & (np.abs(start[:, 0]) < projection.cage(start[:, 2]))
    keep &= (start[:, 2] > 0.3) & (start[:, 2] < projection.height + 5)
    return Branches(start[keep], direction[keep], radius[keep], length[keep])
