"""What the child has made of one file, before it travels back to the parent."""

import hashlib
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Received:
    """An Arrival in the making. Its content is `head`, then `source[start:end]` as it was received.

    `facts` holds the other fields of Arrival, by name and ready for JSON. `source` is None where all is in `head`, and
    is otherwise the received file itself, so that its pixels need not travel back.
    """

    facts: dict[str, Any]
    head: bytes
    source: bytes | None = field(default=None, repr=False)
    start: int = 0
    end: int = 0

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256(self.head)
        if self.source is not None:
            digest.update(memoryview(self.source)[self.start : self.end])
        return digest.hexdigest()
