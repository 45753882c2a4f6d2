"""From numbers to places."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True)
class Scale:
    """A linear map of low..high onto start..end, both in the SVG's own units."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)

    def held(self, value: float) -> float:
        """The place of `value`, or of the nearer end where it lies outside."""
        return self(min(max(value, self.low), self.high))


def step_of(span: float, about: int) -> float:
    """1, 2 or 5 times a power of ten, so that about so many steps make up the span."""
    rough = span / about
    power = 10.0 ** floor(log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)


def ticks(low: float, high: float, about: int = 5) -> list[float]:
    """Round numbers from the last at or below `low` to the first at or above `high`. `high` must lie above `low`."""
    step = step_of(high - low, about)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, last + 1)]


def words(values: list[float]) -> list[str]:
    """Numbers with as many decimals as tell them apart."""
    for digits in range(6):
        shown = [f"{value:.{digits}f}" for value in values]
        if all(abs(float(text) - value) < 1e-9 for text, value in zip(shown, values, strict=True)):
            return shown
    return [f"{value:g}" for value in values]
