"""Where a number stands on a chart."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True)
class LinearScale:
    """A linear map of low..high onto start..end, both in the SVG's own units."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def clamped(self, value: float) -> float:
        """The place of `value`; that of the nearer end for a value beyond it."""
        return self(min(max(value, self.low), self.high))


def step_of(span: float, about: int) -> float:
    """1, 2 or 5 times a power of ten, so that about that many steps make up the span."""
    rough = span / about
    power = 10.0 ** floor(log10(rough))
    for factor in (1, 2, 5):
        # A thousandth less: 0.1 + 0.2 is above 0.3, and must not take the next step for it.
        if factor * power >= rough * 0.999:
            return factor * power
    return 10 * power


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from the last at or below `low` to the first at or above `high`. `high` must lie above `low`."""
    step = step_of(high - low, about)
    # A limit that is itself round must not gain a step by a rounding error.
    first = floor(low / step + 1e-9)
    last = ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def tick_labels(values: list[float]) -> list[str]:
    """The numbers with as few decimals as show each of them exactly."""
    for digits in range(6):
        if all(abs(round(value, digits) - value) < 1e-9 for value in values):
            return [f"{value:.{digits}f}" for value in values]
    return [f"{value:g}" for value in values]
