"""Confidence intervals side by side, one strip a row of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from frontend.charts.scale import LinearScale, tick_labels, ticks
from frontend.charts.svg import joined

WIDTH, MARGIN = 190, 13  # units of the viewBox; the margin holds half a number of the axis


@dataclass(frozen=True)
class Span:
    """A value with its confidence limits. `name`: the model or subgroup it belongs to."""

    name: str
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.name} {self.value:.3f}, {self.low:.2f} to {self.high:.2f}"


def reach(spans: Iterable[Span], highest: float = 1.0) -> LinearScale:
    """The scale that the strips of one table share: from the lowest limit, rounded down to a tenth, to `highest`."""
    lowest = min((span.low for span in spans), default=0.5)  # AUROC of a guess
    low = min(floor(lowest * 10 + 1e-9) / 10, highest - 0.1)
    return LinearScale(low, highest, MARGIN, WIDTH - MARGIN)


def axis(scale: LinearScale) -> SafeString:
    """The numbers of the grid, for the head of the column."""
    marks = _marks(scale)
    places = [scale(mark) for mark in marks]
    rows = zip(places, tick_labels(marks), strict=True)
    numbers = format_html_join("", '<text class="mid" x="{}" y="17">{}</text>', rows)
    return format_html('<svg class="ci chart" viewBox="0 0 190 22" aria-hidden="true">{}</svg>', numbers)


def strip(scale: LinearScale, measured: Span | None, comparison: Span | None = None) -> SafeString:
    """The comparison above, round and dashed; the measured value below, square and solid. Limits are clamped to the scale."""
    spoken = []
    parts = [_line(scale(mark), "gl") for mark in _marks(scale)]
    middle = 11
    if comparison:
        spoken.append(str(comparison))
        parts.append(_round(scale, comparison))
        middle = 16
    if measured:
        spoken.append(str(measured))
        parts.append(_square(scale, measured, middle))
    return _svg("; ".join(spoken) or "no value", parts)


def change(scale: LinearScale, span: Span, limit: float | None) -> SafeString:
    """A change on a scale about 0: solid line, square value, and the limit it is compared with as a dotted line."""
    parts = [_line(scale(0.0), "gl")]
    if limit is not None:
        parts.append(_line(scale.clamped(limit), "ref"))
    parts.append(_square(scale, span, 11))
    return _svg(str(span), parts)


def about_zero(spans: Sequence[Span], limit: float) -> LinearScale:
    """A scale symmetrical about 0 that holds every interval, and `limit`."""
    furthest = abs(limit)
    for span in spans:
        furthest = max(furthest, abs(span.low), abs(span.high))
    furthest *= 1.05  # the outermost end keeps a little room beside it
    return LinearScale(-furthest, furthest, MARGIN, WIDTH - MARGIN)


def _svg(label: str, parts: Sequence[SafeString]) -> SafeString:
    return format_html(
        '<svg class="ci chart" viewBox="0 0 190 22" role="img" aria-label="{}">{}</svg>', label, joined(parts)
    )


def _line(x: float, style: str) -> SafeString:
    return format_html('<line class="{1}" x1="{0}" x2="{0}" y2="22"/>', x, style)


def _marks(scale: LinearScale) -> list[float]:
    return [mark for mark in ticks(scale.low, scale.high, about=4) if scale.low <= mark <= scale.high]


def _round(scale: LinearScale, span: Span) -> SafeString:
    return format_html(
        '<line class="s2" x1="{}" x2="{}" y1="6" y2="6"/><circle class="f2" cx="{}" cy="6" r="3.2"/>',
        scale.clamped(span.low),
        scale.clamped(span.high),
        scale.clamped(span.value),
    )


def _square(scale: LinearScale, span: Span, middle: int) -> SafeString:
    return format_html(
        '<line class="s1" x1="{0}" x2="{1}" y1="{3}" y2="{3}"/>'
        '<rect class="f1" x="{2}" y="{4}" width="6.4" height="6.4"/>',
        scale.clamped(span.low),
        scale.clamped(span.high),
        round(scale.clamped(span.value) - 3.2, 1),
        middle,
        middle - 3.2,
    )
