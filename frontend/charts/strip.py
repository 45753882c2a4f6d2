"""Confidence intervals side by side, one strip a row of a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import floor

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from frontend.charts.scale import Scale, ticks, words

WIDTH, MARGIN = 190, 13


@dataclass(frozen=True)
class Span:
    """A value with its limits; `name` says whose it is."""

    name: str
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.name} {self.value:.3f}, {self.low:.2f} to {self.high:.2f}"


def reach(spans: Iterable[Span], highest: float = 1.0) -> Scale:
    """The scale that strips of one table share: from the tenth below the lowest limit to `highest`."""
    lowest = min((span.low for span in spans), default=0.5)
    low = min(floor(lowest * 10 + 1e-9) / 10, highest - 0.1)
    return Scale(low, highest, MARGIN, WIDTH - MARGIN)


def axis(scale: Scale) -> SafeString:
    """The head of the column: the numbers of the grid."""
    marks = _marks(scale)
    places = ((scale(mark), text) for mark, text in zip(marks, words(marks), strict=True))
    numbers = format_html_join("", '<text class="mid" x="{}" y="17">{}</text>', places)
    return format_html('<svg class="ci chart" viewBox="0 0 190 22" aria-hidden="true">{}</svg>', numbers)


def strip(scale: Scale, measured: Span | None, comparison: Span | None = None) -> SafeString:
    """The comparison round and dashed above, the measured square and solid below. Limits beyond the scale end at it."""
    spans = [span for span in (comparison, measured) if span]
    grid = format_html_join("", '<line class="gl" x1="{0}" x2="{0}" y2="22"/>', ((scale(m),) for m in _marks(scale)))
    drawn = [_round(scale, comparison)] if comparison else []
    drawn += [_square(scale, measured, 16 if comparison else 11)] if measured else []
    return format_html(
        '<svg class="ci chart" viewBox="0 0 190 22" role="img" aria-label="{}">{}{}</svg>',
        "; ".join(str(span) for span in spans) or "no value",
        grid,
        format_html_join("", "{}", ((part,) for part in drawn)),
    )


def change(scale: Scale, span: Span, limit: float | None) -> SafeString:
    """A change around nothing: solid line, square value, and the limit it is held against as a dotted line."""
    marks = [scale(0.0)] + ([scale.held(limit)] if limit is not None else [])
    lines = format_html_join(
        "", '<line class="{1}" x1="{0}" x2="{0}" y2="22"/>', zip(marks, ("gl", "ref"), strict=False)
    )
    return format_html(
        '<svg class="ci chart" viewBox="0 0 190 22" role="img" aria-label="{}">{}{}</svg>',
        str(span),
        lines,
        _square(scale, span, 11),
    )


def around_nothing(spans: Sequence[Span], limit: float) -> Scale:
    """A scale symmetrical about 0 that holds every limit."""
    furthest = max([abs(edge) for span in spans for edge in (span.low, span.high)] + [abs(limit)]) * 1.05
    return Scale(-furthest, furthest, MARGIN, WIDTH - MARGIN)


def _marks(scale: Scale) -> list[float]:
    return [mark for mark in ticks(scale.low, scale.high, about=4) if scale.low <= mark <= scale.high]


def _round(scale: Scale, span: Span) -> SafeString:
    return format_html(
        '<line class="s2" x1="{}" x2="{}" y1="6" y2="6"/><circle class="f2" cx="{}" cy="6" r="3.2"/>',
        scale.held(span.low),
        scale.held(span.high),
        scale.held(span.value),
    )


def _square(scale: Scale, span: Span, middle: int) -> SafeString:
    return format_html(
        '<line class="s1" x1="{0}" x2="{1}" y1="{3}" y2="{3}"/>'
        '<rect class="f1" x="{2}" y="{4}" width="6.4" height="6.4"/>',
        scale.held(span.low),
        scale.held(span.high),
        round(scale.held(span.value) - 3.2, 1),
        middle,
        middle - 3.2,
    )
