"""Detectors with their processing; invented, in the ranges of real ones."""

from dataclasses import dataclass
from typing import Literal

Marker = Literal["plain", "initials", "disc", "portable"]


@dataclass(frozen=True)
class Device:
    """A detector, its grid and its processing.

    quanta: photons per pixel in air, in thousands; blur: in pixels of a 1024-pixel film; detail: weight of local
    contrast; scatter: share of the primary; grid: depth of its lines; collimation: chance of visible shutters;
    low, high: ends of the curve on the film's own window; bits: stored; mobile: a bedside unit, always AP.
    """

    name: str
    maker: str
    modality: Literal["DX", "CR"]
    gamma: float
    quanta: float
    blur: float
    detail: float
    scatter: float
    grid: float
    marker: Marker
    collimation: float
    bits: int
    low: float
    high: float
    monochrome1: bool = False
    mobile: bool = False


DEVICES = (
    Device("dr-a", "Overread Phantom A", "DX", 1.00, 9, 0.5, 0.55, 0.25, 0.000, "plain", 0.3, 12, -0.30, 0.98),
    Device("dr-b", "Overread Phantom B", "DX", 0.85, 20, 0.6, 0.60, 0.18, 0.000, "initials", 0.6, 14, -0.20, 1.02),
    Device("cr-a", "Overread Phantom C", "CR", 1.25, 5, 0.9, 0.35, 0.35, 0.006, "disc", 0.5, 12, -0.25, 1.00),
    Device("cr-b", "Overread Phantom C", "CR", 1.10, 4, 1.1, 0.25, 0.45, 0.000, "plain", 0.2, 12, -0.35, 0.95, True),
    Device(
        "mobile",
        "Overread Phantom A",
        "DX",
        0.95,
        3,
        0.8,
        0.45,
        0.60,
        0.010,
        "portable",
        0.35,
        14,
        -0.25,
        1.0,
        mobile=True,
    ),
)


def device_named(name: str) -> Device:
    """Raises ValueError for a name that is not in DEVICES."""
    for device in DEVICES:
        if device.name == name:
            return device
    raise ValueError(f"unknown device {name!r}; choose from {', '.join(d.name for d in DEVICES)}")
