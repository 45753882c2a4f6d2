"""Writing an export: part after part, then the parts as one file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO

from training.exports.formats import FORMS, Form
from training.exports.formats.form import Piece
from training.exports.parts import Chain, Part, Parts
from training.exports.scope import Scope
from training.exports.tables import Key


class NotExported(ValueError):
    """This cannot be exported as asked. The text says why."""


@dataclass(frozen=True)
class Plan:
    """What is exported, and in which form."""

    scope: Scope
    kind: str
    format: str

    @property
    def form(self) -> Form:
        return FORMS[self.format]

    def check(self) -> None:
        """Raises NotExported."""
        if self.format not in FORMS:
            raise NotExported(f"There is no format {self.format!r}. There are {', '.join(FORMS)}.")
        if self.kind not in self.form.kinds:
            raise NotExported(f"{self.format} holds {' or '.join(self.form.kinds)}, not {self.kind}.")
        if self.kind == "scores" and self.scope.reader is not None:
            raise NotExported("You read in this project: see predictions case by case, after your first read.")
        try:
            self.scope.check()
            self.form.check(self.scope, self.kind)
        except ValueError as wrong:
            raise NotExported(str(wrong)) from wrong

    @property
    def digest(self) -> str:
        """Of all that decides what is exported: parts of another export are never gone on with."""
        filters = {name: sorted(values) for name, values in self.scope.filters.items()}
        reader = self.scope.reader.pk if self.scope.reader else None
        asked = [str(self.scope.project.pk), self.kind, self.format, filters, reader]
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Written:
    """`rows` of a table, or images."""

    rows: int
    bytes: int
    sha256: str


def export_write(plan: Plan, parts: Parts, out: BinaryIO, told: Callable[[int], None]) -> Written:
    """Write the whole export to `out`, which can be read, too. `told` gets the rows so far, after each part.

    Goes on from the last part where there are parts.
    """
    chain = _chain_complete(plan, parts, told)
    plan.form.join(Chain(parts, chain), out, plan.scope, plan.kind)
    size = out.tell()
    out.seek(0)
    return Written(chain[-1].rows if chain else 0, size, _sha256(out))


def _sha256(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _chain_complete(plan: Plan, parts: Parts, told: Callable[[int], None]) -> list[Part]:
    """The parts that make up the export, those that are missing written. While a thread writes one, the next is asked for."""
    chain = parts.done()
    with ThreadPoolExecutor(1, "export") as writer:
        writing: Future[None] | None = None
        for piece in _pieces(plan, chain[-1].key if chain else Key()):
            if writing:
                writing.result()
            told(chain[-1].rows if chain else 0)
            if piece.rows:
                before = chain[-1] if chain else Part()
                part = Part(before.number + 1, before.rows + piece.rows, piece.key)
                chain.append(part)
                writing = writer.submit(parts.add, part, partial(plan.form.write, piece))
        if writing:
            writing.result()
    told(chain[-1].rows if chain else 0)
    return chain


def _pieces(plan: Plan, key: Key) -> Iterator[Piece]:
    """All that comes after this key."""
    while key.source < plan.form.sources(plan.kind):
        piece = plan.form.piece(plan.scope, plan.kind, key)
        if piece is None:
            key = Key(key.source + 1)
        else:
            yield piece
            key = piece.key
