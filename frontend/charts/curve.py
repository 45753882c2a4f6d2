"""Curves over epochs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from frontend.charts.scale import LinearScale, tick_labels, ticks
from frontend.charts.svg import joined

LEFT, RIGHT, TOP, BOTTOM = 44, 448, 18, 246  # of the plot, in units of the viewBox; the rest holds the axes' numbers
NAMES = 92  # kept free at the right for the lines' names


@dataclass(frozen=True)
class Series:
    """One line: its name, its (x, y) points from left to right, and its style: s1 measured, s2 comparison."""

    name: str
    points: tuple[tuple[float, float], ...]
    style: Literal["s1", "s2"] = "s1"


@dataclass(frozen=True)
class Limit:
    """A horizontal line with a text."""

    value: float
    words: str


def curve(
    series: Sequence[Series],
    *,
    label: str,
    x_to: float,
    x_words: str,
    y_from: float,
    y_to: float,
    limit: Limit | None = None,
    best: Callable[[Sequence[tuple[float, float]]], tuple[float, float]] | None = None,
) -> SafeString:
    """Lines over 0..x_to. The y axis is y_from..y_to, widened to hold every point, and then to round numbers.

    `best` picks the point of the first series to be marked; without it the lines have their names at their ends. x_to is
    where the whole run ends, so that the axis does not jump as the lines grow.
    """
    x = LinearScale(0, max(x_to, 1), LEFT, RIGHT if best else RIGHT - NAMES)
    levels = _levels(series, y_from, y_to, limit)
    y = LinearScale(levels[0], levels[-1], BOTTOM, TOP)
    drawn = [line for line in series if line.points]
    parts = [_grid(x, y, levels), _axis(x, x_words)]
    if limit:
        parts.append(_limit(x, y, limit))
    for line in drawn:
        parts.append(_line(x, y, line))
    if best and series[0].points:
        parts.append(_best(x, y, best(series[0].points), limit))
    else:
        parts += _names(x, y, drawn)
    return format_html(
        '<svg class="chart" viewBox="0 0 460 286" role="img" aria-label="{}">{}</svg>',
        label,
        joined(parts),
    )


def _levels(series: Sequence[Series], y_from: float, y_to: float, limit: Limit | None) -> list[float]:
    """The ticks of the y axis."""
    values = [y_from, y_to]
    for line in series:
        values += [y for _x, y in line.points]
    if limit:
        values.append(limit.value)
    low = min(values)
    high = max(values)
    # A flat line needs a scale that is not of length 0.
    return ticks(low, high if high > low else low + 1)


def _grid(x: LinearScale, y: LinearScale, levels: list[float]) -> SafeString:
    rows = []
    for level, text in zip(levels, tick_labels(levels), strict=True):
        rows.append((x.end, y(level), LEFT - 6, y(level) + 4, text))
    line = '<line class="gl" x1="44" x2="{0}" y1="{1}" y2="{1}"/><text class="end" x="{2}" y="{3}">{4}</text>'
    return format_html_join("", line, rows)


def _axis(x: LinearScale, x_words: str) -> SafeString:
    places = []
    for mark in ticks(0, x.high, about=4):
        # There is no half an epoch.
        if mark <= x.high and mark == int(mark):
            places.append((x(mark), f"{mark:.0f}"))
    return format_html(
        '<line class="ax" x1="{}" x2="{}" y1="{}" y2="{}"/>{}<text class="mid" x="{}" y="283">{}</text>',
        LEFT,
        x.end,
        BOTTOM,
        BOTTOM,
        format_html_join("", '<text class="mid" x="{}" y="263">{}</text>', places),
        (LEFT + x.end) / 2,
        x_words,
    )


def _limit(x: LinearScale, y: LinearScale, limit: Limit) -> SafeString:
    level = y(limit.value)
    line = '<line class="ref" x1="44" x2="{3}" y1="{0}" y2="{0}"/><text class="end" x="{3}" y="{1}">{2}</text>'
    return format_html(line, level, level + 17, limit.words, x.end)


def _line(x: LinearScale, y: LinearScale, line: Series) -> SafeString:
    places = [(x(at), y(value)) for at, value in line.points]
    if len(places) == 1:
        return format_html('<circle class="hollow" cx="{}" cy="{}" r="3"/>', *places[0])
    points = " ".join(f"{left},{top}" for left, top in places)
    return format_html('<polyline class="{}" points="{}"/>', line.style, points)


def _best(x: LinearScale, y: LinearScale, point: tuple[float, float], limit: Limit | None) -> SafeString:
    """The marked point with its value above it, or below it if the limit would cross the text."""
    left = x(point[0])
    top = y(point[1])
    words_at = top - 11
    if limit is not None and top - 26 < y(limit.value) < top - 6:
        words_at = top + 20
    return format_html(
        '<circle class="pt" cx="{}" cy="{}" r="5"/><text class="strong {}" x="{}" y="{}">best {}</text>',
        left,
        top,
        _anchor(left),
        left,
        round(words_at, 1),
        f"{point[1]:.3f}",
    )


def _anchor(left: float) -> str:
    """The class that aligns a text at this place so that it stays on the chart; "": it begins there."""
    if left <= LEFT + 40:
        return ""
    return "mid" if left < RIGHT - 40 else "end"


def _names(x: LinearScale, y: LinearScale, series: Sequence[Series]) -> list[SafeString]:
    """Each line's name and last value after its end, from top to bottom, without overlaps."""
    names = []
    free = float(TOP)
    for line in sorted(series, key=lambda line: -line.points[-1][1]):
        at, value = line.points[-1]
        place = max(y(value) + 4, free)
        free = place + 16  # a line of text
        text = f"{line.name} {value:.2f}"
        names.append(format_html('<text class="name" x="{}" y="{}">{}</text>', x(at) + 7, place, text))
    return names
