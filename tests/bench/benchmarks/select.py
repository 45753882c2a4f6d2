"""Choosing 100 of 50k, 300k, 1M images by every strategy: seconds, processor time and memory, beside its peers.

Each case runs in a process of its own, on one pool: five binary findings as float32 probabilities, embeddings of 512 as
float16 mapped from a file, 200 labelled rows and a linear head. A strategy's own time includes the pool's check of every
value. modAL takes the five probabilities for those of five classes. scikit-activeml takes one finding with classes: it is
asked about the same embeddings with five classes instead of five findings, as float32 in memory, on 50,000 images at most
and for 300 seconds (quick: 60) and 8 GB at most. `peak_rss_mb` is all that the process held, `peak_beyond_pool_mb` what it held
beyond its pool and its libraries; a mapped file's pages are the pool's.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from labeling.selection import strategies
from labeling.selection.pool import Pool
from tests.bench.asked import Asked
from tests.bench.choosing import pool_files, pool_of
from tests.bench.choosing_peers import PEERS, peer
from tests.bench.measure import Held, cheapest, peak_rss_mb
from tests.bench.part import Unfinished, part
from tests.bench.rows import OURS, Row

SIZES, QUICK = (50_000, 300_000, 1_000_000), (50_000,)
PICKS = 100
PEER_LIMIT, QUICK_LIMIT = 300, 60  # seconds
PEER_BYTES = 8 * 10**9
PEER_MOST = 50_000
"""Images beyond which scikit-activeml is not asked."""


def run(asked: Asked) -> Iterator[Row]:
    for size in asked.sizes or (QUICK if asked.quick else SIZES):
        with tempfile.TemporaryDirectory(prefix="overread-bench-") as folder:
            pool_files(Path(folder), size)
            for name in strategies.names():
                case = f"{label(size)}/{name}"
                if not asked.wants(case):
                    continue
                ours = part(strategy_measure, strategy=name, folder=folder, size=size, seconds=asked.seconds)
                yield from rows(case, OURS, ours)
                yield from peers(case, name, folder, size, asked)


def peers(case: str, name: str, folder: str, size: int, asked: Asked) -> Iterator[Row]:
    """The same case by other libraries; one that fails or takes too long is told of, and left out."""
    limit = QUICK_LIMIT if asked.quick else PEER_LIMIT
    for system in PEERS.get(name, ()):
        if system.startswith("skactiveml") and size > PEER_MOST:
            continue
        try:
            found = part(peer_measure, limit=limit, system=system, folder=folder, size=size, seconds=asked.seconds)
        except Unfinished as reason:
            print(f"{case}: {system} did not finish: {reason}", file=sys.stderr)
        else:
            yield from rows(case, system, found)


def rows(case: str, system: str, found: dict[str, float]) -> Iterator[Row]:
    for metric, value in found.items():
        yield Row(case, metric, value, system)


def label(size: int) -> str:
    """50k, 300k, 1m."""
    if size % 1_000_000 == 0:
        return f"{size // 1_000_000}m"
    return f"{size // 1000}k" if size % 1000 == 0 else str(size)


def strategy_measure(strategy: str, folder: str, size: int, seconds: float) -> dict[str, float]:
    ask, whole = strategies.get(strategy), pool_of(Path(folder), size)

    def choose() -> None:
        picks = ask(anew(whole), PICKS, rng=np.random.default_rng(0))
        assert len(set(picks.rows.tolist())) == PICKS

    ask(pool_of(Path(folder), size, first=1000), 10, rng=np.random.default_rng(0))  # what it imports is there now
    return measured(choose, seconds)


def anew(pool: Pool) -> Pool:
    """The same pool, checked again, with nothing worked out yet."""
    return Pool(
        pool.outputs,
        pool.layout,
        embeddings=pool.embeddings,
        labelled=pool.labelled,
        labels=pool.labels,
        head=pool.head,
    )


def peer_measure(system: str, folder: str, size: int, seconds: float) -> dict[str, float]:
    """Raises MemoryError where it wants more than 8 GB: all pairs of 50,000 images would be 20."""
    resource.setrlimit(resource.RLIMIT_DATA, (PEER_BYTES, PEER_BYTES))
    return measured(peer(system, Path(folder), size, PICKS), seconds)


def measured(work: Callable[[], object], seconds: float) -> dict[str, float]:
    with Held() as held:
        cost = cheapest(work, seconds)
    return {
        "wall_s": cost.wall_s,
        "cpu_s": cost.cpu_s,
        "peak_rss_mb": peak_rss_mb(),
        "peak_beyond_pool_mb": held.most_mb,
    }
