"""Embeddings of length one as an array, for the search of similar images."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from inference.engine.nearest import units
from inference.memmap_cache import Ids, ids_of, memmap_of
from inference.queries.arrays import EmbeddingSource, ImageTable

KEPT_S = 30.0  # to look whether there is more takes a third of a second at a million images
_kept: dict[str, tuple[float, ImageTable]] = {}


@dataclass(frozen=True)
class UnitSource(EmbeddingSource):
    """The embeddings of one space scaled to length one, as the source of a memory map."""

    def read(self, shards: Ids) -> Iterator[tuple[Ids, NDArray[Any]]]:
        for images, embeddings in super().read(shards):
            yield images, units(embeddings)


def unit_embeddings_of(backbone: str, holding: UUID) -> ImageTable:
    """Every image embedded in this space: values float32 (N, D) of length one, memory-mapped, in no particular order.

    A map of its own beside that of the embeddings, twice as large: NumPy takes several times as long to make single
    precision of half as to multiply. For KEPT_S it may lack the newest images and hold erased ones, but never lacks
    `holding` where that is embedded: whoever shows an image asks the database for it.
    """
    known = _kept.get(backbone)
    if known and time.monotonic() - known[0] < KEPT_S and row_of(known[1], holding) is not None:
        return known[1]
    table = ImageTable(*memmap_of(f"units-{backbone}", UnitSource(backbone), dtype=np.float32))
    _kept[backbone] = (time.monotonic(), table)
    return table


def row_of(table: ImageTable, image: UUID) -> int | None:
    """The row of one image; None where it is not in the table."""
    found = np.flatnonzero(table.ids == ids_of([image]))
    return int(found[0]) if len(found) else None
