"""Files of a data set with the same bytes, found without keeping all of its names."""

from __future__ import annotations

import hashlib
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.datasets.items import Dataset, Item

HASHED_AT_MOST = 20 * 2**30  # bytes of files of equal size that are compared by their hashes
GROUPS_AT_MOST = 1_000  # that are told


@dataclass
class Files:
    """Sizes of files by the place of their image in the data set: sixteen bytes a file."""

    places: array[int] = field(default_factory=lambda: array("q"))
    sizes: array[int] = field(default_factory=lambda: array("q"))

    def add(self, place: int, size: int) -> None:
        self.places.append(place)
        self.sizes.append(size)


def items_at(dataset: Dataset, places: Iterable[int]) -> Iterator[Item]:
    """The items at these places, which rise."""
    wanted = iter(places)
    following = next(wanted, None)
    for place, item in enumerate(dataset.items()):
        if following is None:
            return
        if place == following:
            yield item
            following = next(wanted, None)


def same_bytes(dataset: Dataset, files: Files) -> tuple[list[list[str]], int | None]:
    """Groups of files with the same bytes, as the data set names them, and the size from which on files were not compared, as
    that would have been too much to read. Only files of equal size are read.
    """
    sizes = np.asarray(files.sizes, np.int64)
    shared, beyond = _shared(sizes)
    places = np.asarray(files.places, np.int64)[np.isin(sizes, shared)]
    hashes = array("q")
    for item in items_at(dataset, places.tolist()):
        hashes.append(_file_hash(dataset.images.find(item.file)))
    return _groups(dataset, places, np.asarray(hashes, np.int64)), beyond


def _shared(sizes: NDArray[np.int64]) -> tuple[NDArray[np.int64], int | None]:
    """Sizes that several files have, the smallest first, as many as may be read; and the first that is too many."""
    found, counts = np.unique(sizes, return_counts=True)
    found, counts = found[counts > 1], counts[counts > 1]
    fitting = np.cumsum(found * counts) <= HASHED_AT_MOST
    beyond = None
    if not fitting.all():
        beyond = int(found[~fitting][0])
    return found[fitting], beyond


def _groups(dataset: Dataset, places: NDArray[np.int64], hashes: NDArray[np.int64]) -> list[list[str]]:
    found, counts = np.unique(hashes, return_counts=True)
    twice = np.isin(hashes, found[counts > 1])
    groups: dict[int, list[str]] = defaultdict(list)
    for item, known in zip(items_at(dataset, places[twice].tolist()), hashes[twice].tolist(), strict=True):
        if known in groups or len(groups) < GROUPS_AT_MOST:
            groups[known].append(item.file)
    return list(groups.values())


def _file_hash(path: Path) -> int:
    """64 bits of its SHA-256."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return int.from_bytes(digest[:8], "big", signed=True)
