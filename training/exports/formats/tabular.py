"""What the forms of files that hold tables share."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from typing import BinaryIO

from training.exports.formats.form import Piece
from training.exports.scope import Scope
from training.exports.tables import TABLES, Key
from training.exports.tables.table import CHUNK


class Tabular:
    kinds = tuple(TABLES)

    def check(self, scope: Scope, kind: str) -> None:
        """Any table can be written in any of them."""

    def sources(self, kind: str) -> int:
        return TABLES[kind].sources

    def piece(self, scope: Scope, kind: str, after: Key) -> Piece | None:
        chunk = TABLES[kind].chunk(scope, after, CHUNK)
        if chunk is None:
            return None
        return Piece(chunk.rows.num_rows, chunk.key, chunk.rows)


def concatenated(parts: Iterable[BinaryIO], out: BinaryIO) -> None:
    for part in parts:
        shutil.copyfileobj(part, out, 1 << 20)
