"""Cardiomegaly: a heart wider than half the chest."""

from numpy.random import Generator

from phantom.tissue import Drawn, Finding, Side, Tissue, between


def enlarged(severity: float, ease: float) -> float:
    """Cardiothoracic ratio of the enlarged heart, above 0.50."""
    return float(0.502 + severity**1.5 * between(0.006, 0.11, ease**4))


def draw(tissue: Tissue, rng: Generator, severity: float, ease: float, side: Side) -> Drawn:
    """Extent: cardiothoracic ratio. The heart was enlarged when the lungs were drawn; this only says where it is."""
    below_dome = tissue.projection.z >= tissue.chest.domes.left
    return Drawn(tissue.lungs.heart & ~below_dome, enlarged(severity, ease))


FINDING = Finding(unit="cardiothoracic ratio", draw=draw, side="U", lasting=True, ctr=enlarged)
