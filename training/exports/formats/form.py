"""What a form of file is: how a chunk becomes a part, and how parts become the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol

from training.exports.scope import Scope
from training.exports.tables import Key


@dataclass(frozen=True)
class Piece:
    """What a chunk gives: how many rows (or images) it is, the key of its last, and what `write` gets."""

    rows: int
    key: Key
    content: Any


class Form(Protocol):
    """One file of this folder. `kinds`: what it can hold; `sources`: see Table."""

    name: str
    kinds: tuple[str, ...]

    def check(self, scope: Scope, kind: str) -> None:
        """Raises ValueError where this cannot be written. The text says why."""
        ...

    def sources(self, kind: str) -> int: ...

    def piece(self, scope: Scope, kind: str, after: Key) -> Piece | None:
        """What comes after this key. None where the key's source has no more."""
        ...

    def write(self, piece: Piece, out: BinaryIO) -> None:
        """A part, of a piece. It asks the database nothing, as it is called in another thread."""
        ...

    def join(self, parts: Iterable[BinaryIO], out: BinaryIO, scope: Scope, kind: str) -> None:
        """The file, of all parts; they can be gone through more than once."""
        ...
