"""What a benchmark finds, as rows, and how it is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby

OURS = "overread"


@dataclass(frozen=True)
class Row:
    """One figure. `metric` ends in its unit; `system` is a peer's name, or that of a bare limit, where it is not ours."""

    case: str
    metric: str
    value: float
    system: str = OURS


def with_ratios(rows: Sequence[Row]) -> list[Row]:
    """The rows, and beside each of ours its ratio to every other system's of the same case and metric, of this run."""
    out = list(rows)
    for ours in rows:
        for other in rows:
            same = (ours.case, ours.metric) == (other.case, other.metric)
            if same and ours.system == OURS != other.system and other.value and not ours.metric.endswith("_count"):
                out.append(Row(ours.case, f"{ours.metric}_to_{other.system}_ratio", ours.value / other.value))
    return out


def table(rows: Sequence[Row]) -> str:
    """A line a case and metric: ours, then every peer's with the ratio of ours to it."""
    ordered = sorted(rows, key=lambda row: [(each.case, each.metric) for each in rows].index((row.case, row.metric)))
    lines = [
        (case, metric, *_told(list(same))) for (case, metric), same in groupby(ordered, lambda r: (r.case, r.metric))
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(3)]
    return "\n".join(
        f"{case:{widths[0]}}  {metric:{widths[1]}}  {ours:>{widths[2]}}   {peers}".rstrip()
        for case, metric, ours, peers in lines
    )


def _told(same: list[Row]) -> tuple[str, str]:
    ours = next((row.value for row in same if row.system == OURS), None)
    peers = [
        f"{row.system} {row.value:.4g}" + (f" (ratio {ours / row.value:.3g})" if ours is not None and row.value else "")
        for row in same
        if row.system != OURS
    ]
    return "" if ours is None else f"{ours:.4g}", "   ".join(peers)


def as_json(bench: str, machine: Mapping[str, object], rows: Iterable[Row]) -> str:
    """One JSON object on one line. Raises ValueError for a value that is no number."""
    told = [asdict(row) | {"value": float(f"{row.value:.6g}")} for row in rows]
    return json.dumps({"bench": bench, "machine": machine, "rows": told}, allow_nan=False)
