"""The outer shape of the body: trunk, arms and breasts as one map of path lengths."""

import math

import numpy as np
from numpy.random import Generator

from phantom.projection import Projection
from phantom.raster import clouds
from phantom.shapes import Map, chord, curve, sigmoid
from phantom.shoulder import Arm


def body_project(projection: Projection, arms: list[Arm], rng: Generator) -> Map:
    """Path length through the whole body, organs and air included, cm."""
    if projection.pose.side_on:
        return _from_the_side(projection, rng)
    return _from_the_front(projection, arms, rng)


def _from_the_front(projection: Projection, arms: list[Arm], rng: Generator) -> Map:
    patient, z = projection.patient, projection.z
    shoulder = patient.width * 1.17 + 4.2
    waist = patient.width + patient.wall * 1.15 + 1.1
    fat = 0.35 * patient.habitus
    neck = (5.6 + fat, 5.7 + fat, 6.6 + fat, 9 + fat)
    upper = tuple(f * shoulder for f in (0.72, 0.9, 0.97, 0.93))
    lower = (waist + 0.3, waist, waist, waist + 0.7 * fat)
    half = curve([-10, -6, -4.2, -3, -1.6, 0.2, 2.5, 6, 9.5, 16, 24, 34], [*neck, *upper, *lower], z)
    deep = [patient.depth + f * patient.wall for f in (0.7, 0.75, 0.8)]
    depth = curve([-10, -4, 0, 4, 9, 16, 30], [6.2, 6.4, 8.3, 9.6, *deep], z)
    across = chord(projection.x / half, 3)
    out = 2 * depth * across
    for arm in arms:
        out = np.hypot(out, _arm(projection, arm))
    for side in (-1, 1):
        _breast_add(projection, out, side, rng)
    fold = (z - 3.5) / 4.5 + (np.abs(projection.x) - patient.width * 0.95) / 6  # of the axilla
    out += 0.9 * sigmoid((0.6 - fold) / 0.2) * np.clip((z + 2) / 5, 0, 1)
    lumps = 0.22 * clouds(rng, out.shape, 2.2 / projection.px) + 0.12 * clouds(rng, out.shape, 0.7 / projection.px)
    return np.maximum(out + lumps * across, 0)


def _arm(projection: Projection, arm: Arm) -> Map:
    x = projection.x - arm.x
    z = projection.z - arm.z
    radius = 4.3 + 0.5 * projection.patient.habitus
    sine = arm.side * math.sin(arm.angle)
    cosine = math.cos(arm.angle)
    across = x * arm.side * cosine - z * abs(sine)
    along = x * sine + z * cosine
    return 2 * radius * chord(across / (radius + 0.3)) * np.clip(along / 3 + 1, 0, 1)


def _breast_add(projection: Projection, out: Map, side: int, rng: Generator) -> None:
    patient = projection.patient
    female = projection.patient.sex == "F"
    x = side * patient.width * rng.uniform(0.52, 0.66)
    z = projection.height * rng.uniform(0.76, 0.98)
    if female:
        big = 5.2 + 0.8 * patient.habitus
        swell = 1.6 + 0.9 * (patient.habitus + 1.6)
    else:
        big = 4.6
        swell = 0.55 + 0.2 * (patient.habitus + 1)
    near = projection.window(x, z, big * 1.2, big * 1.55)
    dx = projection.x[:, near[1]] - x
    dz = projection.z[near[0]] - z
    q = np.hypot(dx / (big * 1.15), dz / np.where(dz > 0, big * 0.95, big * 1.5)).astype(np.float32)
    out[near] += swell * chord(q) * sigmoid((dz + 2) / 1.6)


def _from_the_side(projection: Projection, rng: Generator) -> Map:
    patient, x, z = projection.patient, projection.x, projection.z
    depth = patient.depth
    wall = patient.wall
    bust = 0.72 * projection.height
    trunk = (depth + 0.6 * wall, depth + 0.6 * wall + 0.8, depth + 0.5 * wall)
    back = curve([-10, -4, 0, 6, 14, 30], [5, 5.5, 8, *trunk], z)
    belly = (depth + 0.4 * wall, depth + 0.8 * wall, depth + wall + patient.habitus)
    front = curve([-10, -4, 0, 6, 16, 30], [3.5, 3.8, 6, *belly], z)
    widths = (patient.width + 1.5, patient.width + 0.6 * patient.wall, patient.width + patient.wall)
    half = curve([-10, -5, -2, 4, 9, 30], [5.5, 7, 10, *widths], z)
    out = 1.75 * half * chord(np.where(x < 0, x / front, x / back), 2.5)
    reach = 2.0
    deep = 1.0
    if patient.sex == "F":
        reach = 5.5 + 0.5 * patient.habitus
        deep = 4.5
    q = np.hypot((x + front - 1.5) / reach, (z - bust) / np.where(z > bust, 4.5, 9)).astype(np.float32)
    out += deep * chord(q) * sigmoid((z - 0.76 * bust) / 1.5)
    return out + 0.3 * clouds(rng, out.shape, 2 / projection.px) * (out > 1)
