"""What is done of an export: parts in a storage, each whole or not there, so that a killed worker goes on from the last.

A part is named by its number, the rows that all have so far, and the key of its last row. No other state is kept.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.core.files import File
from django.core.files.storage import Storage

from training.exports.tables import Key

NAME = re.compile(r"([0-9]{8})-([0-9]+)-([0-9]+)-([0-9]+)")


@dataclass(frozen=True)
class Part:
    number: int = 0
    rows: int = 0
    key: Key = Key()

    @property
    def name(self) -> str:
        return f"{self.number:08d}-{self.rows}-{self.key.source}-{self.key.row}"


@dataclass(frozen=True)
class Parts:
    """The parts in one folder of a storage."""

    storage: Storage
    folder: str

    def done(self) -> list[Part]:
        """The parts that there are, up to the first number that is missing, or there twice: from a worker that did not know
        that another one had taken over.
        """
        found: dict[int, list[Part]] = {}
        for name in self._names():
            if match := NAME.fullmatch(name):
                number, rows, source, row = (int(digits) for digits in match.groups())
                found.setdefault(number, []).append(Part(number, rows, Key(source, row)))
        chain: list[Part] = []
        while len(same := found.get(len(chain) + 1, ())) == 1:
            chain += same
        return chain

    def add(self, part: Part, write: Callable[[BinaryIO], None]) -> None:
        """Store what `write` writes as this part. Held in a temporary file, not in memory."""
        with tempfile.TemporaryFile() as file:
            write(file)
            file.seek(0)
            self.storage.save(f"{self.folder}/{part.name}", File(file))

    def clear(self) -> None:
        for name in self._names():
            self.storage.delete(f"{self.folder}/{name}")

    def _names(self) -> list[str]:
        try:
            return self.storage.listdir(self.folder)[1]
        except FileNotFoundError:
            return []


@dataclass(frozen=True)
class Chain:
    """The contents of these parts, in order. They can be gone through again."""

    parts: Parts
    chosen: list[Part]

    def __iter__(self) -> Iterator[BinaryIO]:
        for part in self.chosen:
            with self.parts.storage.open(f"{self.parts.folder}/{part.name}") as file:
                yield file  # type: ignore[misc]
