"""What `bin/bench select` chooses from: outputs and embeddings of many images, on disk, and a few that are labelled."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from labeling.selection.pool import FindingOutput, Head, Pool

FINDINGS, DIMENSION, LABELLED, KINDS, CHUNK = 5, 512, 200, 64, 50_000
LAYOUT = tuple(FindingOutput(f"finding-{number}") for number in range(FINDINGS))
DIAGNOSIS = (FindingOutput("diagnosis", "categorical", options=tuple("abcde")),)
Floats = NDArray[np.float32]


def head(*, classes: bool = False) -> Head:
    """From embeddings (n, 512) to five probabilities: most of them low, as a chest model gives them, or of five classes."""
    rng = np.random.default_rng(7)
    weight = rng.normal(0, 1.2 / np.sqrt(DIMENSION), (DIMENSION, FINDINGS)).astype(np.float32)
    if classes:
        return lambda X: softmax(X @ weight, axis=1)
    return lambda X: expit(X @ weight - np.float32(1.5))


def pool_files(folder: Path, size: int) -> None:
    """Write embeddings (size, 512) float16 and the head's outputs (size, 5) float32, a chunk at a time: O(chunk) memory.

    The images are of 64 kinds: a middle of its kind and as much of its own, both normal.
    """
    X = _made(embeddings_path(folder, size), (size, DIMENSION), np.float16)
    outputs = _made(outputs_path(folder, size), (size, FINDINGS), np.float32)
    rng, says = np.random.default_rng(0), head()
    kinds = rng.standard_normal((KINDS, DIMENSION), np.float32)
    for start in range(0, size, CHUNK):
        block = rng.standard_normal((min(CHUNK, size - start), DIMENSION), np.float32)
        block += kinds[rng.integers(KINDS, size=len(block))]
        place = slice(start, start + len(block))
        X[place], outputs[place] = block, says(block)


def pool_of(folder: Path, size: int, first: int | None = None) -> Pool:
    """The pool of these files, or its first rows: embeddings mapped, outputs in memory, 200 rows labelled, the head."""
    X = np.load(embeddings_path(folder, size), mmap_mode="r")[:first]
    outputs = np.load(outputs_path(folder, size), mmap_mode="r")[:first].copy()
    known = labelled(len(X))
    labels = (outputs[known] > 0.5).astype(np.float32)
    return Pool(outputs, LAYOUT, embeddings=X, labelled=known, labels=labels, head=head())


def classes_of(folder: Path, size: int) -> tuple[Floats, NDArray[np.float64]]:
    """For libraries that know classes alone: all embeddings (N, 512) as float32, the 200 known classes among NaN (N,)."""
    X = np.load(embeddings_path(folder, size), mmap_mode="r").astype(np.float32)
    y, known = np.full(len(X), np.nan), labelled(len(X))
    y[known] = head(classes=True)(X[known]).argmax(axis=1)
    return X, y


def labelled(size: int) -> NDArray[np.int64]:
    return np.random.default_rng(1).choice(size, min(LABELLED, size // 2), replace=False).astype(np.int64)


def embeddings_path(folder: Path, size: int) -> Path:
    return folder / f"embeddings-{size}.npy"


def outputs_path(folder: Path, size: int) -> Path:
    return folder / f"outputs-{size}.npy"


def _made(path: Path, shape: tuple[int, int], dtype: type) -> NDArray[np.floating]:
    made: NDArray[np.floating] = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)
    return made
