"""Which pictures look the same: a perceptual hash, and its pairs among very many.

The hash is that of Zauner's thesis (2010, DCT based) at 256 bits: signs of the low frequencies against their median. At the
usual 64 bits films of different patients come within 4 bits of each other, as near as copies do (docs/datasets.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

SIDE = 64  # pixels of the picture that is hashed
FREQUENCIES = 16  # in either direction
BITS = FREQUENCIES * FREQUENCIES
NEAR = (
    20  # bits; copies that were stored anew or resized differ in 10 at most, films of different patients in 44 at least
)
FLAT = 2.0  # standard deviation in grey levels: below, a picture shows nothing that tells it from others
TABLES = 32
KEY_BITS = 24  # a pair that differs in 20 bits agrees in one of the tables with 99 %, one of 10 bits always
COMPARED = 64  # neighbours with the same key that each picture is compared with
PAIRS_AT_MOST = 100_000

Hashes = NDArray[np.uint8]
"""Rows of 32 bytes."""
Pairs = NDArray[np.int64]
"""Rows of two places, the lower one first."""


@dataclass(frozen=True)
class LooksTheSame:
    """Two files that look the same, as the data set names them. `bits`: in how many of 256 bits their hashes differ."""

    one: str
    other: str
    bits: int


@dataclass
class NearDuplicates:
    """Pictures that look the same in different patients, or in different splits of the data set's own. `pairs`: the nearest.

    `flat` ones show nothing to compare, `undecoded` ones could not be opened.
    """

    looked_at: int = 0
    flat: int = 0
    undecoded: int = 0
    across_patients: int = 0
    across_splits: int = 0
    pairs: list[LooksTheSame] = field(default_factory=list)


def picture_hash(grey: NDArray[np.generic]) -> Hashes | None:
    """32 bytes of a picture of 64 × 64 grey levels; None where it is flat, as all flat ones are alike."""
    levels = grey.astype(np.float32)
    if levels.std() < FLAT:
        return None
    waves = COSINES @ levels @ COSINES.T
    return np.packbits(waves > np.median(waves))


def near_pairs(hashes: Hashes, near: int = NEAR) -> Pairs:
    """Pairs of rows that differ in `near` bits at most: the first 100,000 that are found.

    Rows with the same 24 bits are compared, in 32 tables of bits drawn once and for all: some 30 s and 70 MB for a million.
    """
    found = np.empty(0, np.int64)
    for more in _found(hashes, near):
        found = np.union1d(found, more)
        if len(found) >= PAIRS_AT_MOST:
            break
    pairs: Pairs = np.column_stack(np.divmod(found[:PAIRS_AT_MOST], max(1, len(hashes))))
    return pairs


def distances(one: Hashes, other: Hashes) -> NDArray[np.int64]:
    """In how many bits the rows differ."""
    bits: NDArray[np.int64] = np.bitwise_count(one ^ other).sum(axis=1, dtype=np.int64)
    return bits


def _found(hashes: Hashes, near: int) -> Iterator[NDArray[np.int64]]:
    columns = np.ascontiguousarray(hashes.T)
    for bits in _tables():
        yield from _within(hashes, _keys(columns, bits), near)


def _within(hashes: Hashes, keys: NDArray[np.uint32], near: int) -> Iterator[NDArray[np.int64]]:
    """Near pairs among rows with the same key, as first × rows + second."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    for apart in range(1, min(COMPARED, len(keys) - 1) + 1):
        same = np.flatnonzero(ordered[apart:] == ordered[:-apart])
        if not len(same):
            return
        # The order is stable: the earlier of two rows with one key comes first.
        first, second = order[same], order[same + apart]
        is_near = distances(hashes[first], hashes[second]) <= near
        yield first[is_near] * len(keys) + second[is_near]


def _keys(columns: Hashes, bits: NDArray[np.int64]) -> NDArray[np.uint32]:
    """These bits of each hash as a number. `columns`: the hashes, transposed."""
    keys = np.zeros(columns.shape[1], np.uint32)
    for bit in bits.tolist():
        keys <<= 1
        keys |= columns[bit >> 3] >> (7 - (bit & 7)) & 1
    return keys


def _tables() -> Iterator[NDArray[np.int64]]:
    """The same bits each time."""
    generator = np.random.default_rng(0)
    for _ in range(TABLES):
        yield generator.choice(BITS, KEY_BITS, replace=False)


def _cosines() -> NDArray[np.float32]:
    """The first rows of the discrete cosine transform."""
    frequency = np.arange(FREQUENCIES)[:, None]
    place = np.arange(SIDE)[None, :]
    return np.cos(np.pi * (2 * place + 1) * frequency / (2 * SIDE)).astype(np.float32)


COSINES = _cosines()
