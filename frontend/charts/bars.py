"""Counts as bars. Lengths are shares of the card's own width, so that the words keep their size in any."""

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


def shares(bars: Sequence[Bar], *, label: str) -> SafeString:
    """One bar of the whole width a row, filled by its share of all."""
    total = sum(bar.count for bar in bars) or 1
    step = 44
    rows = [
        format_html(
            '<text class="name" y="{0}">{1}</text>'
            '<text class="end" x="100%" y="{0}"><tspan class="strong">{2} %</tspan> {3}</text>'
            '<rect class="f3" y="{4}" width="100%" height="12"/><rect class="f1" y="{4}" width="{5}%" height="12"/>',
            step * row + 14,
            bar.name,
            round(100 * bar.count / total),
            f"{bar.count:,}",
            step * row + 20,
            round(100 * bar.count / total, 1),
        )
        for row, bar in enumerate(bars)
    ]
    return _chart(label, step * len(bars), rows, bars)


def balance(bars: Sequence[Bar], *, label: str) -> SafeString:
    """One bar a row, its name before it and its numbers behind it, on one scale."""
    scale = Scale(0, max([bar.count + bar.more for bar in bars] + [1]), 0, 44)
    rows = [
        format_html(
            '<text class="name end" x="98" y="{0}">{1}</text><g transform="translate(106)">'
            '<rect class="f1" y="{2}" width="{3}%" height="13"/>'
            '<rect class="f-warn" x="{3}%" y="{2}" width="{4}%" height="13"/><text x="{5}%" dx="8" y="{0}">{6}</text></g>',
            24 * row + 17,
            bar.name if len(bar.name) <= 16 else f"{bar.name[:15]}…",
            24 * row + 6,
            scale(bar.count),
            scale(bar.more),
            scale(bar.count + bar.more),
            f"{bar.count:,} + {bar.more:,}" if bar.more else f"{bar.count:,}",
        )
        for row, bar in enumerate(bars)
    ]
    return _chart(label, 24 * len(bars) + 6, rows, bars)


def pyramid(rows: Sequence[tuple[str, int, int]], *, left: str, right: str, label: str) -> SafeString:
    """Two counts a row, back to back: (name, left, right), the first row on top."""
    scale = Scale(0, max([max(one, other) for _, one, other in rows] + [1]), 0, 39)
    drawn = [
        format_html(
            '<text class="mid" x="50%" y="{0}">{1}</text>'
            '<rect class="f1" x="{2}%" y="{3}" width="{4}%" height="15" transform="translate(-28)"/>'
            '<rect class="f2" x="50%" y="{3}" width="{5}%" height="15" transform="translate(28)"/>',
            21 * row + 17,
            name,
            round(50 - scale(one), 1),
            21 * row + 5,
            scale(one),
            scale(other),
        )
        for row, (name, one, other) in enumerate(rows)
    ]
    foot = 21 * len(rows) + 22
    drawn.append(
        format_html(
            '<text class="name end" x="50%" dx="-28" y="{0}">{1}</text><text class="name" x="50%" dx="28" y="{0}">{2}</text>',
            foot,
            f"{left} {sum(one for _, one, _ in rows):,}",
            f"{right} {sum(other for _, _, other in rows):,}",
        )
    )
    spoken = [f"{name}: {one} {left}, {other} {right}" for name, one, other in rows]
    return _svg(f"{label}. {'; '.join(spoken)}", foot + 8, drawn)


def _chart(label: str, height: int, rows: Sequence[SafeString], bars: Sequence[Bar]) -> SafeString:
    spoken = "; ".join(f"{bar.name} {bar.count}" + (f" and {bar.more}" if bar.more else "") for bar in bars)
    return _svg(f"{label}. {spoken}", height, rows)


def _svg(label: str, height: int, parts: Sequence[SafeString]) -> SafeString:
    return format_html(
        '<svg class="chart fluid" height="{}" role="img" aria-label="{}">{}</svg>',
        height,
        label,
        format_html_join("", "{}", ((part,) for part in parts)),
    )
