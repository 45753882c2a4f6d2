"""Counts as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from frontend.charts.scale import Scale


@dataclass(frozen=True)
class Bar:
    """A count by name; `more` is drawn behind it in another colour (uncertain behind present)."""

    name: str
    count: int
    more: int = 0


def shares(bars: Sequence[Bar], *, label: str, width: int = 222) -> SafeString:
    """One bar of the whole width a row, filled by its share of all."""
    total = sum(bar.count for bar in bars) or 1
    step = 44
    rows = [
        format_html(
            '<text class="name" y="{0}">{1}</text>'
            '<text class="end" x="{2}" y="{0}"><tspan class="strong">{3} %</tspan> {4}</text>'
            '<rect class="f3" y="{5}" width="{2}" height="12"/><rect class="f1" y="{5}" width="{6}" height="12"/>',
            step * row + 14,
            bar.name,
            width,
            round(100 * bar.count / total),
            f"{bar.count:,}",
            step * row + 20,
            round(width * bar.count / total, 1),
        )
        for row, bar in enumerate(bars)
    ]
    return _chart(label, width, step * len(bars), rows, bars)


def balance(bars: Sequence[Bar], *, label: str) -> SafeString:
    """One bar a row, its name before it and its numbers behind it, on one scale."""
    scale = Scale(0, max([bar.count + bar.more for bar in bars] + [1]), 0, 160)
    rows = [
        format_html(
            '<text class="name end" x="98" y="{0}">{1}</text><rect class="f1" x="106" y="{2}" width="{3}" height="13"/>'
            '<rect class="f-warn" x="{4}" y="{2}" width="{5}" height="13"/><text x="{6}" y="{0}">{7}</text>',
            24 * row + 17,
            bar.name if len(bar.name) <= 16 else f"{bar.name[:15]}…",
            24 * row + 6,
            scale(bar.count),
            107 + scale(bar.count),
            scale(bar.more),
            114 + scale(bar.count + bar.more),
            f"{bar.count:,} + {bar.more:,}" if bar.more else f"{bar.count:,}",
        )
        for row, bar in enumerate(bars)
    ]
    return _chart(label, 352, 24 * len(bars) + 6, rows, bars)


def pyramid(rows: Sequence[tuple[str, int, int]], *, left: str, right: str, label: str) -> SafeString:
    """Two counts a row, back to back: (name, left, right), the first row on top."""
    scale = Scale(0, max([max(one, other) for _, one, other in rows] + [1]), 0, 104)
    drawn = [
        format_html(
            '<text class="mid" x="138" y="{0}">{1}</text><rect class="f1" x="{2}" y="{3}" width="{4}" height="15"/>'
            '<rect class="f2" x="166" y="{3}" width="{5}" height="15"/>',
            21 * row + 17,
            name,
            110 - scale(one),
            21 * row + 5,
            scale(one),
            scale(other),
        )
        for row, (name, one, other) in enumerate(rows)
    ]
    foot = 21 * len(rows) + 22
    drawn.append(
        format_html(
            '<text class="name end" x="110" y="{0}">{1}</text><text class="name" x="166" y="{0}">{2}</text>',
            foot,
            f"{left} {sum(one for _, one, _ in rows):,}",
            f"{right} {sum(other for _, _, other in rows):,}",
        )
    )
    spoken = [f"{name}: {one} {left}, {other} {right}" for name, one, other in rows]
    return _svg(f"{label}. {'; '.join(spoken)}", 276, foot + 8, drawn)


def _chart(label: str, width: int, height: int, rows: Sequence[SafeString], bars: Sequence[Bar]) -> SafeString:
    spoken = "; ".join(f"{bar.name} {bar.count}" + (f" and {bar.more}" if bar.more else "") for bar in bars)
    return _svg(f"{label}. {spoken}", width, height, rows)


def _svg(label: str, width: int, height: int, parts: Sequence[SafeString]) -> SafeString:
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        width,
        height,
        label,
        format_html_join("", "{}", ((part,) for part in parts)),
    )
