"""Choosing 100 of 50k, 300k, 1M images by every strategy: seconds, processor time and memory, beside modAL's.

Each case runs in a process of its own: five findings as float32 probabilities and, for a strategy that looks at them,
embeddings of 512 as float16 mapped from a file. `peak_rss_mb` is all the process holds, `peak_beyond_pool_mb` what of it
is not the pool, with its embeddings, nor was there before. A strategy's own time includes the pool's check of every value.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeling.selection import strategies
from labeling.selection.by_path import Answered
from labeling.selection.pool import Output, Pool
from tests.bench.asked import Asked
from tests.bench.measure import cheapest, peak_forget, peak_rss_mb, resident_mb
from tests.bench.part import Unfinished, part
from tests.bench.rows import OURS, Row

SIZES, QUICK = (50_000, 300_000, 1_000_000), (50_000,)
PICKS, FINDINGS, DIMENSION, CHUNK = 100, 5, 512, 50_000
LAYOUT = tuple(Output(f"finding-{number}") for number in range(FINDINGS))
PEER_LIMIT = 300  # seconds
PEERS = {
    "margin": {"modal_margin": "modal", "numpy_argpartition": "bare"},
    "entropy": {"modal_entropy": "modal"},
}


def run(asked: Asked) -> Iterator[Row]:
    for size in asked.sizes or (QUICK if asked.quick else SIZES):
        with tempfile.TemporaryDirectory(prefix="overread-bench-") as folder:
            for name in strategies.names():
                case = f"{label(size)}/{name}"
                file = embeddings_file(Path(folder), size) if looks_at_embeddings(name) else None
                ours = part(strategy_measure, strategy=name, size=size, seconds=asked.seconds, embeddings=file)
                yield from rows(case, OURS, ours)
                yield from peers(case, name, size, asked.seconds)


def peers(case: str, name: str, size: int, seconds: float) -> Iterator[Row]:
    """The same case by other libraries; one that fails or takes too long is told of, and left out."""
    for system, kind in PEERS.get(name, {}).items():
        work = modal_measure if kind == "modal" else bare_measure
        try:
            found = part(work, strategy=name, size=size, seconds=seconds, limit=PEER_LIMIT)
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


def outputs_of(size: int) -> NDArray[np.float32]:
    """Probabilities (size, 5), most of them low, as a chest model gives them."""
    rng = np.random.default_rng(0)
    return np.square(rng.random((size, FINDINGS), dtype=np.float32))


def embeddings_file(folder: Path, size: int) -> str:
    """A .npy file of (size, 512) float16, made once a folder, a chunk at a time."""
    path = folder / f"embeddings-{size}.npy"
    if not path.exists():
        shape = (size, DIMENSION)
        out = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=shape)
        rng = np.random.default_rng(0)
        for start in range(0, size, CHUNK):
            rows_left = min(CHUNK, size - start)
            out[start : start + rows_left] = rng.standard_normal((rows_left, DIMENSION), np.float32)
        out.flush()
    return str(path)


class Watched(Pool):
    """A pool that knows whether somebody looked at its embeddings."""

    looked = False

    def __getattribute__(self, name: str) -> Any:
        if name == "embeddings":
            Watched.looked = True
        return super().__getattribute__(name)


def looks_at_embeddings(name: str) -> bool:
    rng = np.random.default_rng(0)
    pool = Watched(outputs_of(200), LAYOUT, embeddings=rng.standard_normal((200, DIMENSION)).astype(np.float16))
    Watched.looked = False
    strategies.get(name)(pool, 5, rng=rng)
    return Watched.looked


def strategy_measure(strategy: str, size: int, seconds: float, embeddings: str | None) -> dict[str, float]:
    ask = strategies.get(strategy)
    outputs = outputs_of(size)
    mapped = np.load(embeddings, mmap_mode="r") if embeddings else None

    def choose(first: int = size) -> None:
        part_of = None if mapped is None else mapped[:first]
        picks = ask(Pool(outputs[:first], LAYOUT, embeddings=part_of), PICKS, rng=np.random.default_rng(0))
        assert len(set(picks.rows.tolist())) == PICKS

    choose(1000)  # what it imports is there now
    return measured(choose, seconds, mapped_mb=0.0 if mapped is None else mapped.nbytes / 1e6)


def modal_measure(strategy: str, size: int, seconds: float) -> dict[str, float]:
    """modAL's function, which takes the five probabilities for those of five classes, in float64 as scikit-learn's are."""
    from modAL import uncertainty

    query = getattr(uncertainty, f"{strategy}_sampling")
    classifier, places = Answered(outputs_of(size).astype(float)), np.arange(size)[:, None]
    return measured(lambda: query(classifier, places, n_instances=PICKS), seconds)


def bare_measure(strategy: str, size: int, seconds: float) -> dict[str, float]:
    """The least that any ranking costs: one partition of one number an image."""
    values = np.ascontiguousarray(outputs_of(size)[:, 0])
    return measured(lambda: np.argpartition(values, PICKS)[:PICKS], seconds)


def measured(work: Callable[[], object], seconds: float, mapped_mb: float = 0.0) -> dict[str, float]:
    peak_forget()
    before = resident_mb()
    cost = cheapest(work, seconds)
    peak = peak_rss_mb()
    return {
        "wall_s": cost.wall_s,
        "cpu_s": cost.cpu_s,
        "peak_rss_mb": peak,
        "peak_beyond_pool_mb": max(peak - before - mapped_mb, 0.0),
    }
