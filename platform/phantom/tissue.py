"""What a finding is, and the maps of one chest that it may change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from phantom.chest import Chest
from phantom.lungs import Lungs
from phantom.projection import Projection
from phantom.shapes import Map

Side = Literal["R", "L", "B", "U"]
"""As in DICOM: right, left, both, unpaired."""


@dataclass
class Tissue:
    """The lungs of one chest while findings are drawn into them; all maps are (n, n), path lengths in cm.

    healthy, lung: aerated lung by side before and after; opaque: extra centimetres of soft tissue in lung (negative:
    more lucent); markings: share of vessels and texture still seen, 0..1; airways: gas seen against dense lung;
    inward: distance from the inner chest wall.
    """

    chest: Chest
    lungs: Lungs
    healthy: dict[str, Map] = field(init=False)
    lung: dict[str, Map] = field(init=False)
    opaque: Map = field(init=False)
    markings: Map = field(init=False)
    airways: Map = field(init=False)
    inward: Map = field(init=False)

    def __post_init__(self) -> None:
        p = self.chest.projection
        self.healthy = {"R": self.lungs.right, "L": self.lungs.left}
        self.lung = {side: lung.copy() for side, lung in self.healthy.items()}
        self.opaque = p.empty()
        self.airways = p.empty()
        self.markings = p.empty() + 1
        beyond = np.logaddexp((np.abs(p.x) - self.lungs.wall) / 0.6, -(1.15 * p.z + 0.1) / 0.6)
        self.inward = np.asarray(-0.6 * beyond, np.float32)

    @property
    def projection(self) -> Projection:
        return self.chest.projection


@dataclass(frozen=True)
class Drawn:
    """What was drawn: mask (n, n) bool, and the extent in the finding's unit."""

    mask: NDArray[np.bool_]
    extent: float


Draw = Callable[[Tissue, Generator, float, float, Side], Drawn]
"""(tissue, stream, severity in (0, 1], ease in [0, 1], side): change the tissue, say what was drawn."""


@dataclass(frozen=True)
class Finding:
    """One disease that can be drawn.

    unit: of the extent. side: B or U where it is always so; None draws the right or the left. lasting: kept by a
    patient from one image to the next. ctr: cardiothoracic ratio by (severity, ease) where it enlarges the heart.
    """

    unit: str
    draw: Draw
    side: Side | None = None
    lasting: bool = False
    ctr: Callable[[float, float], float] | None = None


def between(subtle: float, plain: float, ease: float) -> float:
    """A parameter at this ease: `subtle` at 0, `plain` at 1."""
    return subtle + (plain - subtle) * ease
