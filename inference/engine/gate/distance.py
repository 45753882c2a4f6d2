"""How far descriptors lie from those of the project's own images. Larger is stranger; each distance has a unit of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float32]


class Distance(Protocol):
    """A fitted distance."""

    def of(self, descriptors: Float) -> Float:
        """(N, LENGTH) → (N,). A row's distance does not depend on the other rows beyond rounding."""

    def arrays(self) -> dict[str, Float]:
        """What it is made of, by name."""


@dataclass(frozen=True)
class Projection:
    """Principal components of weighted descriptors, and what they leave out.

    centre, scale (D,); components (D, d); spread (d + 1,), by which each is divided. The last coordinate is the length of the
    remainder, which alone tells of what none of the project's images has.
    """

    centre: Float
    scale: Float
    components: Float
    spread: Float

    def coordinates(self, descriptors: Float) -> Float:
        """(N, D) → (N, d + 1)."""
        weighted = (descriptors - self.centre) * self.scale
        inside = weighted @ self.components
        left = np.square(weighted).sum(1) - np.square(inside).sum(1)
        outside = np.sqrt(np.maximum(left, 0))[:, None]
        return np.asarray(np.concatenate([inside, outside], axis=1) / self.spread, np.float32)

    def arrays(self) -> dict[str, Float]:
        return {"centre": self.centre, "scale": self.scale, "components": self.components, "spread": self.spread}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> "Projection":
        return cls(arrays["centre"], arrays["scale"], arrays["components"], arrays["spread"])


@dataclass(frozen=True)
class Neighbours:
    """Distance to the k-th nearest of the project's images (Sun et al. 2022, Out-of-distribution detection with deep nearest
    neighbors). references (M, d + 1).
    """

    projection: Projection
    references: Float
    k: int

    def of(self, descriptors: Float) -> Float:
        points = self.projection.coordinates(descriptors)
        squares = np.square(points).sum(1)[:, None] + np.square(self.references).sum(1)
        apart = np.maximum(squares - 2 * points @ self.references.T, 0)
        return np.asarray(np.sqrt(np.partition(apart, self.k - 1, axis=1)[:, self.k - 1]), np.float32)

    def arrays(self) -> dict[str, Float]:
        return self.projection.arrays() | {"references": self.references}


@dataclass(frozen=True)
class Mahalanobis:
    """Mahalanobis distance to the mean (Lee et al. 2018), with a covariance shrunk after Ledoit and Wolf (2004).

    location (d + 1,); whitening (d + 1, d + 1), whose product with its transpose is the inverse covariance.
    """

    projection: Projection
    location: Float
    whitening: Float

    def of(self, descriptors: Float) -> Float:
        apart = self.projection.coordinates(descriptors) - self.location
        return np.asarray(np.linalg.norm(apart @ self.whitening, axis=1), np.float32)

    def arrays(self) -> dict[str, Float]:
        return self.projection.arrays() | {"location": self.location, "whitening": self.whitening}
