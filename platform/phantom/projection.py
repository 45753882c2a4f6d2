"""The pixel grid on which one patient in one pose is projected."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from phantom.patient import HEALTHY_CTR, Patient, Pose
from phantom.shapes import Map, curve, ellipsoid

Window = tuple[slice, slice]


@dataclass(frozen=True)
class Projection:
    """Parallel projection of (x, y, z) in centimetres onto n x n pixels.

    x: the patient's left is positive (right in the image); y: front is positive; z: down, 0 at the lung apex.
    In a lateral view the image's x axis is the way back, -y.
    """

    patient: Patient
    pose: Pose
    n: int

    @cached_property
    def px(self) -> float:
        """Side of a pixel, cm."""
        return self.pose.field / self.n

    @cached_property
    def x(self) -> Map:
        """(1, n) centimetres."""
        return (self.pose.left + (np.arange(self.n, dtype=np.float32) + 0.5) * self.px)[None, :].astype(np.float32)

    @cached_property
    def z(self) -> Map:
        """(n, 1) centimetres."""
        return (self.pose.top + (np.arange(self.n, dtype=np.float32) + 0.5) * self.px)[:, None].astype(np.float32)

    @cached_property
    def height(self) -> float:
        """Of the lungs, apex to the right dome, cm; grows with the breath."""
        return self.patient.height + 1.25 * self.pose.breath

    @cached_property
    def ctr(self) -> float:
        """Cardiothoracic ratio of the heart as projected without disease: nearer the tube it looks larger."""
        return min(self.patient.ctr + (0.02 if self.pose.view == "AP" else 0.0), HEALTHY_CTR)

    @cached_property
    def flatten(self) -> Map:
        """(3, 2) matrix from body coordinates to image coordinates, both cm."""
        if self.pose.side_on:
            return np.array([[0, 0], [-1, 0], [0, 1]], np.float32)
        return np.array([[1, 0], [self.pose.sideways, 0], [0, 1]], np.float32)

    @cached_property
    def reach(self) -> float:
        """Half the chest across the image, cm."""
        if self.pose.side_on:
            return self.patient.depth
        return self.patient.width

    def cage(self, z: ArrayLike) -> Map:
        """Half the inner width of the rib cage at depth z, cm."""
        knots = [-0.3, 0, 0.08, 0.2, 0.4, 0.7, 1, 1.4]
        half = [0.24, 0.46, 0.64, 0.80, 0.93, 0.99, 1, 0.96]
        return self.patient.width * curve(knots, half, np.asarray(z) / self.height)

    def cage_depth(self, z: ArrayLike) -> Map:
        """Half the inner front-to-back depth of the rib cage at depth z, cm."""
        knots = [-0.3, 0, 0.1, 0.3, 0.6, 1, 1.4]
        half = [0.3, 0.42, 0.56, 0.76, 0.93, 1, 1]
        return self.patient.depth * curve(knots, half, np.asarray(z) / self.height)

    def empty(self) -> Map:
        return np.zeros((self.n, self.n), np.float32)

    def window(self, x: float, z: float, rx: float, rz: float) -> Window:
        """Rows and columns within rx, rz centimetres of a point; may be empty."""

        def span(middle: float, radius: float, origin: float) -> slice:
            low, high = ((middle + s * radius - origin) / self.px for s in (-1, 1))
            return slice(min(max(int(low), 0), self.n), min(max(int(high) + 2, 0), self.n))

        return span(z, rz, self.pose.top), span(x, rx, self.pose.left)

    def ellipsoid(self, x: float, z: float, rx: float, rz: float, lean: float = 0) -> tuple[Window, Map]:
        """The rows and columns an ellipsoid covers and its relative path there; `lean` in radians."""
        near = self.window(x, z, max(rx, rz), max(rx, rz))
        dx = self.x[:, near[1]] - x
        dz = self.z[near[0]] - z
        cosine = math.cos(lean)
        sine = math.sin(lean)
        return near, ellipsoid((dx * cosine + dz * sine) / rx, (dz * cosine - dx * sine) / rz)

    def splat(self, out: Map, points: Map, volumes: Map) -> None:
        """Add points (..., 2) in image coordinates of the given volumes (cm3) to a map of path lengths (cm)."""
        columns = ((points[..., 0].ravel() - self.pose.left) / self.px).astype(np.int32)
        rows = ((points[..., 1].ravel() - self.pose.top) / self.px).astype(np.int32)
        seen = (columns >= 0) & (columns < self.n) & (rows >= 0) & (rows < self.n)
        if not seen.any():
            return
        columns = columns[seen]
        rows = rows[seen]
        first = int(rows.min())
        last = int(rows.max()) + 1
        weights = np.broadcast_to(volumes, points.shape[:-1]).ravel()[seen]
        counts = np.bincount((rows - first) * self.n + columns, weights, (last - first) * self.n)
        out[first:last] += (counts / self.px**2).reshape(last - first, self.n)
