"""Counts as bars. Lengths are percentages of the card's width, so that the text keeps its size in a card of any width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from frontend.charts.scale import LinearScale
from frontend.charts.svg import joined

SHARE_ROW, BALANCE_ROW, PYRAMID_ROW = 44, 24, 21  # heights of a row in px, at the type size of src/styles/charts.css


@dataclass(frozen=True)
class Bar:
    """A count and its name. `more` follows the bar in another colour: uncertain after present."""

    name: str
    count: int
    more: int = 0


def shares(bars: Sequence[Bar], *, label: str) -> SafeString:
    """One row a bar: its share of the total, as the filled part of the whole width."""
    total = sum(bar.count for bar in bars) or 1
    rows = []
    for row, bar in enumerate(bars):
        percent = 100 * bar.count / total
        drawn = format_html(
            '<text class="name" y="{0}">{1}</text>'
            '<text class="end" x="100%" y="{0}"><tspan class="strong">{2} %</tspan> {3}</text>'
            '<rect class="f3" y="{4}" width="100%" height="12"/><rect class="f1" y="{4}" width="{5}%" height="12"/>',
            SHARE_ROW * row + 14,
            bar.name,
            round(percent),
            f"{bar.count:,}",
            SHARE_ROW * row + 20,
            round(percent, 1),
        )
        rows.append(drawn)
    return _chart(label, SHARE_ROW * len(bars), rows, bars)


def balance(bars: Sequence[Bar], *, label: str) -> SafeString:
    """One row a bar, all on one scale: the name on the left, the numbers after the bar."""
    longest = max((bar.count + bar.more for bar in bars), default=0)
    scale = LinearScale(0, max(longest, 1), 0, 44)  # 44 % of the width: the name and the numbers need the rest
    rows = []
    for row, bar in enumerate(bars):
        drawn = format_html(
            '<text class="name end" x="98" y="{0}">{1}</text><g transform="translate(106)">'
            '<rect class="f1" y="{2}" width="{3}%" height="13"/>'
            '<rect class="f-warn" x="{3}%" y="{2}" width="{4}%" height="13"/><text x="{5}%" dx="8" y="{0}">{6}</text></g>',
            BALANCE_ROW * row + 17,
            Truncator(bar.name).chars(16),
            BALANCE_ROW * row + 6,
            scale(bar.count),
            scale(bar.more),
            scale(bar.count + bar.more),
            f"{bar.count:,} + {bar.more:,}" if bar.more else f"{bar.count:,}",
        )
        rows.append(drawn)
    return _chart(label, BALANCE_ROW * len(bars) + 6, rows, bars)


def pyramid(rows: Sequence[tuple[str, int, int]], *, left: str, right: str, label: str) -> SafeString:
    """Two counts a row, back to back: (name, left, right), the first row on top."""
    longest = max((max(one, other) for _name, one, other in rows), default=0)
    scale = LinearScale(0, max(longest, 1), 0, 39)  # 39 % on each side: the names stand between them
    drawn = []
    spoken = []
    total_left = 0
    total_right = 0
    for row, (name, one, other) in enumerate(rows):
        pair = format_html(
            '<text class="mid" x="50%" y="{0}">{1}</text>'
            '<rect class="f1" x="{2}%" y="{3}" width="{4}%" height="15" transform="translate(-28)"/>'
            '<rect class="f2" x="50%" y="{3}" width="{5}%" height="15" transform="translate(28)"/>',
            PYRAMID_ROW * row + 17,
            name,
            round(50 - scale(one), 1),
            PYRAMID_ROW * row + 5,
            scale(one),
            scale(other),
        )
        drawn.append(pair)
        spoken.append(f"{name}: {one} {left}, {other} {right}")
        total_left += one
        total_right += other
    legend_at = PYRAMID_ROW * len(rows) + 22
    legend = format_html(
        '<text class="name end" x="50%" dx="-28" y="{0}">{1}</text><text class="name" x="50%" dx="28" y="{0}">{2}</text>',
        legend_at,
        f"{left} {total_left:,}",
        f"{right} {total_right:,}",
    )
    return _svg(f"{label}. {'; '.join(spoken)}", legend_at + 8, [*drawn, legend])


def _chart(label: str, height: int, rows: Sequence[SafeString], bars: Sequence[Bar]) -> SafeString:
    spoken = []
    for bar in bars:
        more = f" and {bar.more}" if bar.more else ""
        spoken.append(f"{bar.name} {bar.count}{more}")
    return _svg(f"{label}. {'; '.join(spoken)}", height, rows)


def _svg(label: str, height: int, parts: Sequence[SafeString]) -> SafeString:
    return format_html(
        '<svg class="chart fluid" height="{}" role="img" aria-label="{}">{}</svg>',
        height,
        label,
        joined(parts),
    )
