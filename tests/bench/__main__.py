"""Run benchmarks: bin/bench."""

from __future__ import annotations

import importlib
import signal
import sys

from tests.bench.asked import Asked, asked
from tests.bench.benchmarks.machine import figures
from tests.bench.part import Unfinished
from tests.bench.rows import as_json, table, with_ratios


def main() -> int:
    chosen = asked(sys.argv[1:])
    machine = figures(chosen)
    for name in chosen.names:
        run(name, chosen, machine)
    return 0


def run(name: str, chosen: Asked, machine: dict[str, float]) -> None:
    rows = []
    for row in importlib.import_module(f"tests.bench.benchmarks.{name}").run(chosen):
        if not chosen.wants(row.case):
            continue
        rows.append(row)
        if sys.stderr.isatty():
            print(f"\r\x1b[K{name}: {row.case} …", end="\r", file=sys.stderr, flush=True)
    if chosen.only and not rows:
        raise Unfinished(f"{name} has no case {' or '.join(chosen.only)}")
    print(f"{name} (load {machine['load_1']} at the start)\n{table(rows)}", flush=True)
    if chosen.json:
        print(as_json(name, machine, with_ratios(rows)), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # ends what was started, too
    try:
        sys.exit(main())
    except Unfinished as failure:
        sys.exit(f"bin/bench: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
