"""What a table is: columns, and rows that are asked for in chunks, in the order of keys that never change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from training.exports.columns import Column
from training.exports.scope import Scope

CHUNK = 100_000
"""Rows asked for at once. It bounds the memory, and what is done again after a worker was killed."""


@dataclass(frozen=True, order=True)
class Key:
    """Where a table is: in which of the sources it is made of, and behind which of its rows."""

    source: int = 0
    row: int = 0


@dataclass(frozen=True)
class Chunk:
    """The rows after a key, in the table's columns, and the key of the last of them."""

    rows: pa.Table
    key: Key


class Table(Protocol):
    """One file of this folder. `sources` counts what the table is made of, one after the other."""

    @property
    def name(self) -> str: ...

    @property
    def columns(self) -> Sequence[Column]: ...

    @property
    def sources(self) -> int: ...

    def chunk(self, scope: Scope, after: Key, size: int) -> Chunk | None:
        """The next rows of the source that `after` is in. None where it has no more."""
        ...


def last_key(rows: pa.Table, source: int = 0, name: str = "id") -> Key:
    return Key(source, rows[name][-1].as_py())
