"""Plain figures of an image: size, exposure, contrast, detail, coverage, colour."""

import numpy as np
from numpy.typing import NDArray

from inference.engine.gate.thumbnail import Thumbnail

BLACK, WHITE = 0.02, 0.98  # at or beyond these a pixel holds nothing
FLAT = 0.03  # a row or column that spans less is border


def measures(thumb: Thumbnail) -> dict[str, float]:
    """The figures by name.

    side: the shorter side of the image in pixels. peak: the 99th percentile of grey, range: its distance from the 1st, 0 to 1.
    white, extremes: shares of pixels at white, and at either end. detail: standard deviation of what a blur by 3 × 3 takes
    away, as a share of the whole. coverage: what of the square around the image its contents fill, without border.
    colour: mean distance from grey.
    """
    low, high = np.percentile(thumb.grey, (1, 99))
    white = float((thumb.grey >= WHITE).mean())
    return {
        "side": float(min(thumb.height, thumb.width)),
        "peak": float(high),
        "range": float(high - low),
        "white": white,
        "extremes": white + float((thumb.grey <= BLACK).mean()),
        "detail": _detail(thumb.grey),
        "coverage": _coverage(thumb),
        "colour": float(np.hypot(*thumb.opponents).mean()),
    }


def _detail(grey: NDArray[np.float32]) -> float:
    rows = (grey[:-2] + grey[1:-1] + grey[2:]) / 3
    smooth = (rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 3
    fine = grey[1:-1, 1:-1] - smooth
    return float(fine.std() / max(float(grey.std()), 1e-3))


def _coverage(thumb: Thumbnail) -> float:
    rows = _filled(thumb.grey)
    columns = _filled(thumb.grey.T)
    return rows * columns * min(thumb.height, thumb.width) / max(thumb.height, thumb.width, 1)


def _filled(grey: NDArray[np.float32]) -> float:
    """The share of rows from the first to the last that is no border."""
    filled = np.flatnonzero(np.ptp(grey, axis=1) >= FLAT)
    if not len(filled):
        return 0.0
    return float(filled[-1] - filled[0] + 1) / len(grey)
