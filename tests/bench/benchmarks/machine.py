"""What this machine does by itself; its figures stand beside those of every benchmark."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np

from tests.bench.asked import Asked
from tests.bench.measure import rate_of
from tests.bench.rows import Row

SIDE, COPIED, LOOPS = 768, 2**26, 100_000


def run(asked: Asked) -> Iterator[Row]:
    for name, value in figures(asked).items():
        yield Row("machine", name, float(value))


@cache
def figures(asked: Asked) -> dict[str, float]:
    """Cores and load (1 minute, at the start), then rates: GFLOP/s of float32 matrix products by one thread and by two
    at once, GB/s copied in memory, fsync of 4 kB and SQLite commits (WAL, synchronous FULL) in the temporary folder a
    second, million turns a second of an empty Python loop."""
    seconds = asked.seconds / 8
    with tempfile.TemporaryDirectory(prefix="overread-bench-") as folder:
        found = {
            "cores_count": len(os.sched_getaffinity(0)),
            "load_1": os.getloadavg()[0],
            "matmul_1_thread_gflops": _matmul(1, seconds),
            "matmul_2_threads_gflops": _matmul(2, seconds),
            "copy_gb_per_s": _copy(seconds),
            "fsync_per_s": _fsync(Path(folder), seconds),
            "sqlite_commits_per_s": _commits(Path(folder), seconds),
            "python_loop_millions_per_s": rate_of(_loop, seconds) * LOOPS / 1e6,
        }
    return {name: float(f"{value:.4g}") for name, value in found.items()}


def _matmul(threads: int, seconds: float) -> float:
    """BLAS has one thread (bin/bench sees to it); here are as many of Python's, each with matrices of its own."""

    def product() -> Callable[[], object]:
        a, b = np.random.default_rng(0).random((2, SIDE, SIDE), dtype=np.float32)
        out = np.empty_like(a)
        return lambda: np.matmul(a, b, out=out)

    with ThreadPoolExecutor(threads) as pool:
        rates = list(pool.map(lambda work: rate_of(work, seconds), [product() for _ in range(threads)]))
    return sum(rates) * 2 * SIDE**3 / 1e9


def _copy(seconds: float) -> float:
    source = np.ones(COPIED, np.uint8)
    target = np.empty_like(source)
    return rate_of(lambda: np.copyto(target, source), seconds) * COPIED / 1e9


def _fsync(folder: Path, seconds: float) -> float:
    with (folder / "file").open("wb", buffering=0) as file:

        def write() -> None:
            file.seek(0)
            file.write(bytes(4096))
            os.fsync(file.fileno())

        return rate_of(write, seconds)


def _commits(folder: Path, seconds: float) -> float:
    connection = sqlite3.connect(folder / "database", isolation_level=None)
    try:
        connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (n INTEGER);")
        return rate_of(lambda: connection.execute("INSERT INTO t VALUES (1)"), seconds)
    finally:
        connection.close()


def _loop() -> None:
    for _ in range(LOOPS):
        pass
