"""What benchmarks there are, and what was asked of them. Standard library only: bin/bench reads it before there is more."""

from __future__ import annotations

import argparse
import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "benchmarks"


class NoBenchmark(Exception):
    """There is none of that name. The text says which there are."""


@dataclass(frozen=True)
class Asked:
    """The command line. `seconds`: how long what is repeated may go on; `sizes` and `cases`: empty and 0 for each
    benchmark's own; `only`: the cases of the rows that are wanted, empty for all; `services`: on PostgreSQL too, beside
    SQLite."""

    names: tuple[str, ...] = ()
    json: bool = False
    quick: bool = False
    seconds: float = 4.0
    sizes: tuple[int, ...] = ()
    cases: int = 0
    only: tuple[str, ...] = ()
    services: bool = False

    def wants(self, case: str) -> bool:
        return not self.only or case in self.only


def summaries() -> dict[str, str]:
    """Name → the first line of its docstring, for every file in `benchmarks/`. Adding a file adds the benchmark."""
    files = sorted(path for path in FOLDER.glob("*.py") if not path.name.startswith("_"))
    return {path.stem: (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0] for path in files}


def listing() -> str:
    known = summaries()
    width = max(map(len, known))
    return "\n".join(f"{name:{width}}  {line}" for name, line in known.items())


def asked(words: Sequence[str]) -> Asked:
    """The command line read. Raises NoBenchmark; ends the process, as argparse does, for an option that does not fit."""
    parser = argparse.ArgumentParser(
        prog="bin/bench",
        description="Measure Overread here.",
        epilog=listing(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="without one: list them")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line of each benchmark")
    parser.add_argument("--quick", action="store_true", help="smaller and shorter: to see that it works")
    parser.add_argument("--seconds", type=_positive, help="how long what is repeated may go on (4; quick: 1)")
    parser.add_argument("--size", type=_sizes, default=(), help="pixels a side, or images: 3000, or 50k,300k,1m")
    parser.add_argument("--cases", type=_count, default=0, help="how many cases, files or images")
    parser.add_argument(
        "--only", type=_names, default=(), metavar="CASE,…", help="of its rows: digits,kermany or 50k/badge"
    )
    parser.add_argument("--services", action="store_true", help="on PostgreSQL too (DATABASE_URL, or 127.0.0.1:5432)")
    found = parser.parse_intermixed_args(words)
    known = summaries()
    if unknown := [name for name in found.names if name not in known]:
        raise NoBenchmark(f"there is no benchmark {unknown[0]!r}; there are {', '.join(known)}.")
    return Asked(
        names=tuple(found.names),
        json=found.json,
        quick=found.quick,
        seconds=found.seconds or (1.0 if found.quick else 4.0),
        sizes=found.size,
        cases=found.cases,
        only=found.only,
        services=found.services,
    )


def _number(text: str, kind: Callable[[str], Any]) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from None


def _positive(text: str) -> float:
    if not (seconds := _number(text, float)) > 0:
        raise argparse.ArgumentTypeError("must be above 0")
    return seconds


def _count(text: str) -> int:
    if (count := _number(text, int)) < 1:
        raise argparse.ArgumentTypeError("must be above 0")
    return count


def _names(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(","))


def _sizes(text: str) -> tuple[int, ...]:
    """Whole numbers: 50k,1m is (50_000, 1_000_000)."""
    scales = {"k": 1_000, "m": 1_000_000}
    words = [word.strip().lower() for word in text.split(",")]
    sizes = tuple(int(word.rstrip("km")) * scales.get(word[-1:], 1) for word in words)
    if min(sizes) < 1:
        raise argparse.ArgumentTypeError("must be above 0")
    return sizes
