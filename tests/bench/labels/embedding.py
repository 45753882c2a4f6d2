"""Embeddings by a small backbone that our own recipe trained on other images; made once, kept outside the repository."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from inference.engine.outputs import Output, OutputLayout
from training.engine import recipes
from training.engine.recipe import Recipe

Arrays = dict[str, NDArray]  # type: ignore[type-arg]
BATCH = 64
EPOCHS = 40


@dataclass(frozen=True)
class Films:
    """What a backbone learns from: images (N, S, S) uint8, labels (N, F) of `findings`, NaN unknown, patients (N,)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.float32]
    findings: tuple[str, ...]
    groups: NDArray[np.str_]


def recipe_of(size: int) -> Recipe:
    """The product's default recipe for radiographs at this input size, with half its epochs and no time limit.

    So that it takes minutes and gives the same weights each time, on a busy machine too.
    """
    return replace(recipes.find("small_cnn"), size=size, epochs=EPOCHS, time_limit_s=0.0)


def kept(name: str, facts: Mapping[str, object], make: Callable[[], Arrays]) -> Arrays:
    """The arrays that were made of these facts, from the cache, or made now and put there.

    The file's name holds a hash of the facts, so that other facts make another file.
    """
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    path = _cache() / f"{name}-{digest[:16]}.npz"
    if not path.exists():
        print(f"{name}: made once, kept as {path} …", file=sys.stderr, flush=True)
        begun = time.monotonic()
        _write(path, make())
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)
    with np.load(path) as file:
        return dict(file)


def embeddings(images: NDArray[np.uint8], learnt: Films, recipe: Recipe) -> NDArray[np.float32]:
    """The pooled embeddings (N, D) of prepared images (N, S, S), by a network that learns from `learnt` alone."""
    import torch

    network = _network(learnt, recipe)
    parts = [recipe.preparation().normalise(images[at : at + BATCH]) for at in range(0, len(images), BATCH)]
    with torch.inference_mode():
        return np.concatenate([network(torch.from_numpy(part)).embedding.numpy() for part in parts])


def _network(learnt: Films, recipe: Recipe):  # type: ignore[no-untyped-def]
    from training.engine.dataset import TrainingSet, split_by_patient
    from training.engine.loop import fit

    data = TrainingSet(
        images=learnt.images,
        labels=learnt.labels,
        weights=np.ones_like(learnt.labels),
        groups=learnt.groups,
        split=split_by_patient(learnt.groups, recipe.seed, (0.9, 0.1, 0.0)),
        layout=OutputLayout(tuple(Output(finding, "binary") for finding in learnt.findings)),
        preparation=recipe.preparation(),
    )
    with tempfile.TemporaryDirectory(prefix="overread-bench-") as folder:
        checkpoint = Path(folder) / "checkpoint.safetensors"
        return fit(data, recipe, on_progress=lambda _: None, checkpoint=checkpoint, should_stop=lambda: False).network


def _cache() -> Path:
    """OVERREAD_BENCH_CACHE, or a folder of the user's cache (XDG)."""
    if told := os.environ.get("OVERREAD_BENCH_CACHE"):
        return Path(told)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "overread-bench"


def _write(path: Path, arrays: Arrays) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.tmp")
    with unfinished.open("wb") as file:
        np.savez_compressed(file, **arrays)
    unfinished.replace(path)
