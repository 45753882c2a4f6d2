"""From attenuation to grey values: Beer-Lambert, scatter, grid, quanta, blur, logarithm, processing, shutters."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from phantom.devices import Device
from phantom.raster import blur, enlarge
from phantom.shapes import Map, sigmoid

LATITUDE = 1.9
"""Steepness of the display curve's shoulder."""


@dataclass(frozen=True)
class Window:
    """Attenuations shown as black (in the lungs) and as white (behind the heart), of the patient without disease."""

    low: float
    high: float

    @classmethod
    def of(cls, attenuation: Map, body: Map, lung: Map) -> "Window":
        thick = body > 4
        return cls(
            float(np.percentile(attenuation[thick & (lung > 8)], 2)), float(np.percentile(attenuation[thick], 92))
        )


def scatter(attenuation: Map, body: Map, px: float) -> Map:
    """Radiation scattered in the body, relative to the beam: the primary blurred over 3.5 cm (pixels of px cm)."""
    return blur(np.exp(-attenuation) * np.clip(body / 12, 0, 1), 3.5 / px)


def expose(attenuation: Map, scattered: Map, device: Device, window: Window, rng: Generator) -> Map:
    """Grey values, 0 black to 1 white, of a film whose attenuation is (size, size); bone is white."""
    size = len(attenuation)
    primary = np.maximum(np.exp(-attenuation) + device.scatter * scattered, 1e-5)
    lines = np.arange(size, dtype=np.float32) * (2 * math.pi / rng.uniform(2.9, 3.6))
    primary = primary * (1 + device.grid * np.sin(lines))
    quanta = device.quanta * 8000 * (512 / size)
    counts = primary * quanta
    counts = counts + np.sqrt(counts + 4) * rng.standard_normal((size, size), np.float32)
    seen = -np.log(np.maximum(blur(counts, device.blur * size / 1024), 0.5) / quanta)
    return _process((seen - window.low) / (window.high - window.low), device)


def _process(s: Map, device: Device) -> Map:
    """Local contrast against a blurred copy, then the device's curve."""
    step = max(1, len(s) // 128)
    low = enlarge(blur(s[::step, ::step], 6 * len(s) / step / 128), (len(s), len(s)))
    s = low * (1 - 0.35 * device.detail) + (s - low) * (1 + device.detail)
    s = np.clip((s - device.low) / (device.high - device.low), 0, 1.3)
    curve = (1 - np.exp(-LATITUDE * s ** (1.1 * device.gamma))) / (1 - math.exp(-LATITUDE))
    return np.asarray(np.minimum(curve, 1))


def shutters(grey: Map, chance: float, rng: Generator) -> Map:
    """The film with up to four collimated edges, black beyond them."""
    along = np.linspace(0, 1, len(grey), dtype=np.float32)
    for side in range(4):
        edge = rng.uniform(0, 0.045) if rng.random() < 0.55 * chance else -1.0
        slant = rng.normal(0, 0.004)
        if edge < 0:
            continue
        inwards, other = (along[:, None], along[None]) if side % 2 == 0 else (along[None], along[:, None])
        distance = (inwards if side < 2 else 1 - inwards) - edge - slant * (other - 0.5)
        grey = grey * sigmoid(distance / 0.0012)
    return grey
