"""Finding the 6 most similar of 100k, 1M images by exact search: milliseconds a query, beside faiss's flat index.

Embeddings of 512 of length one, as float32 mapped from a file, as the search of similar cases has them. `labelled_ms` is the
search among 5,000 rows of them. faiss holds the same rows in memory; it is left out where it is not installed
(`pip install faiss-cpu==1.15.1`). Each is asked in a process of its own, after its pages were read once.
`peak_beyond_pool_mb`: what a query holds beyond the mapped file.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.engine.nearest import cosines, highest, units
from tests.bench.asked import Asked
from tests.bench.benchmarks.select import label
from tests.bench.choosing import CHUNK, DIMENSION
from tests.bench.measure import Held, percentile_ms
from tests.bench.part import Unfinished, part
from tests.bench.rows import OURS, Row

SIZES, QUICK = (100_000, 1_000_000), (100_000,)
FAISS = "faiss_flat_ip"
SHOWN, FEW = 6, 5000  # as in labeling.queries.similar, which needs Django


def run(asked: Asked) -> Iterator[Row]:
    for size in asked.sizes or (QUICK if asked.quick else SIZES):
        with tempfile.TemporaryDirectory(prefix="overread-bench-") as folder:
            unit_file(Path(folder), size)
            case = label(size)
            for name, value in part(ours, folder=folder, size=size, seconds=asked.seconds).items():
                yield Row(case, name, value, OURS)
            try:
                found = part(faiss_flat, folder=folder, size=size, seconds=asked.seconds)
            except Unfinished as reason:
                print(f"{case}: {FAISS} did not finish: {reason}", file=sys.stderr)
            else:
                yield Row(case, "query_ms", found, FAISS)


def unit_file(folder: Path, size: int) -> None:
    """Random embeddings (size, 512) float32 of length one, a chunk at a time."""
    made = np.memmap(folder / "units", np.float32, "w+", shape=(size, DIMENSION))
    rng = np.random.default_rng(0)
    for start in range(0, size, CHUNK):
        count = min(CHUNK, size - start)
        made[start : start + count] = units(rng.standard_normal((count, DIMENSION), np.float32))
    made.flush()


def ours(folder: str, size: int, seconds: float) -> dict[str, float]:
    among = mapped(folder, size)
    few = np.sort(np.random.default_rng(1).choice(size, min(FEW, size), replace=False))

    def search(query: NDArray[np.float32]) -> NDArray[np.intp]:
        return highest(cosines(among, query), SHOWN)

    search(among[0])
    with Held() as held:
        query_ms = median_ms(search, among, seconds)
    return {
        "query_ms": query_ms,
        "labelled_ms": median_ms(lambda query: highest(cosines(among, query, few), SHOWN), among, seconds),
        "peak_beyond_pool_mb": held.most_mb,
    }


def faiss_flat(folder: str, size: int, seconds: float) -> float:
    """Milliseconds of faiss's IndexFlatIP. It must find the same rows as ours."""
    import faiss

    among = mapped(folder, size)
    index = faiss.IndexFlatIP(DIMENSION)
    for start in range(0, size, CHUNK):
        index.add(among[start : start + CHUNK])
    for query in queries(among, 3):
        assert set(index.search(query[None], SHOWN)[1][0]) == set(highest(cosines(among, query), SHOWN).tolist())
    return median_ms(lambda query: index.search(query[None], SHOWN), among, seconds)


def mapped(folder: str, size: int) -> NDArray[np.float32]:
    return np.asarray(np.memmap(Path(folder) / "units", np.float32, "r", shape=(size, DIMENSION)))


def queries(among: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    return among[np.random.default_rng(2).choice(len(among), count)]


def median_ms(search: Callable[[NDArray[np.float32]], object], among: NDArray[np.float32], seconds: float) -> float:
    """Of as many queries as fit into the time, three at least."""
    took: list[float] = []
    asked = queries(among, 512)
    until = time.monotonic() + seconds
    while len(took) < 3 or (time.monotonic() < until and len(took) < len(asked)):
        query = asked[len(took)]
        start = time.perf_counter()
        search(query)
        took.append(time.perf_counter() - start)
    return percentile_ms(took, 50)
