"""Where the dark, middle and bright parts of the body lie in a grey image: lungs, soft tissue and bone of a radiograph.

The values are split in three by Otsu's method (N. Otsu, "A threshold selection method from gray-level histograms", IEEE
Trans. SMC 9, 1979): once to find the air around the body, and once more within the body.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

Values = np.ndarray[Any, np.dtype[Any]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]
Span = tuple[float, float]

LEVELS = 256
SATURATED = 25  # percent of the body that a window on one of the parts may show as plain black and white
NOT_LATER = np.tri(LEVELS, dtype=bool)  # pairs of thresholds whose second one is not above the first
LEAST_BODY = 0.2  # of the image; where less is left, there is no air around it


@dataclass(frozen=True)
class Tones:
    """Of each part the lowest and the highest value that a window for it should tell apart, the lower one first."""

    dark: Span
    middle: Span
    bright: Span


def tones(values: Values, measured: Flags | None = None) -> Tones | None:
    """The tones of `values`, [rows, columns], of which low ones are shown dark; None where nothing differs.

    `measured` is False where a pixel is padding. No span leaves out more than SATURATED percent of the body.
    """
    if measured is None:
        measured = np.ones(values.shape, bool)
    if not measured.any() or np.ptp(values[measured]) <= 0:
        return None
    body = _body(values, measured)
    inside = values[body]
    if np.ptp(inside) <= 0:
        return None
    dark, middle, bright = _in_three(inside)
    lowest, lower, middle_lower, upper, middle_upper, highest = np.percentile(
        inside, [1, SATURATED - 1, 15, 100 - SATURATED + 2, 90, 99.9]
    )
    least = float(np.ptp(inside)) / LEVELS
    return Tones(
        dark=_span(lowest, np.fmax(_percentile(dark, 99), upper), least),
        middle=_span(
            np.fmin(_percentile(middle, 2), middle_lower), np.fmax(_percentile(middle, 98), middle_upper), least
        ),
        bright=_span(np.fmin(_percentile(bright, 1), lower), highest, least),
    )


def mirrored(found: Tones) -> Tones:
    """The tones of the same values with their signs changed."""
    return Tones(*((-high, -low) for low, high in (found.dark, found.middle, found.bright)))


def _body(values: Values, measured: Flags) -> Flags:
    """Where the body is: everything except padding and dark runs that reach in from an edge."""
    numbers = _numbers(values, measured)
    first, _second = _thresholds(numbers[measured])
    dark = (numbers <= first) | ~measured
    body = measured & ~_from_edges(dark) & (numbers > 0)
    if body.mean() >= LEAST_BODY:
        return body
    return measured


def _from_edges(dark: Flags) -> Flags:
    """The part of `dark` from which a straight way along a row or a column leads out of the image through it alone."""
    out = np.zeros_like(dark)
    for axis in (0, 1):
        out |= np.logical_and.accumulate(dark, axis=axis)
        out |= np.flip(np.logical_and.accumulate(np.flip(dark, axis), axis=axis), axis)
    return out


def _in_three(inside: Values) -> tuple[Values, Values, Values]:
    numbers = _numbers(inside, np.ones(inside.shape, bool))
    first, second = _thresholds(numbers)
    return inside[numbers <= first], inside[(numbers > first) & (numbers <= second)], inside[numbers > second]


def _numbers(values: Values, measured: Flags) -> Values:
    """The values from the lowest to the highest measured one as 0 to LEVELS - 1."""
    low = values[measured].min()
    high = values[measured].max()
    share = (values.astype(np.float64) - low) / (high - low)
    numbers: Values = np.clip(share * (LEVELS - 1), 0, LEVELS - 1).astype(np.int64)
    return numbers


def _thresholds(numbers: Values) -> tuple[int, int]:
    """The highest number of the first and of the second of three classes, chosen for the largest variance between them."""
    counts = np.bincount(numbers, minlength=LEVELS).astype(np.float64)
    count = np.cumsum(counts)
    total = np.cumsum(counts * np.arange(LEVELS))
    # [first, second]: in place, as this is most of what it costs to describe an image.
    between = total[None, :] - total[:, None]
    within = count[None, :] - count[:, None]
    between *= between
    np.divide(between, within, out=between, where=within > 0)
    between += _share(total, count)[:, None]
    between += _share(total[-1] - total, count[-1] - count)[None, :]
    between[NOT_LATER] = -1
    first, second = np.unravel_index(np.argmax(between), between.shape)
    return int(first), int(second)


def _share(total: Values, count: Values) -> Values:
    """total² / count, and 0 for an empty class."""
    share: Values = np.divide(total**2, count, out=np.zeros_like(total), where=count > 0)
    return share


def _percentile(values: Values, percent: float) -> float:
    """NaN for none, which fmax and fmin overlook."""
    if values.size:
        return float(np.percentile(values, percent))
    return float("nan")


def _span(low: float, high: float, least: float) -> Span:
    return float(low), float(max(high, low + least))
