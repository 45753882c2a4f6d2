"""What the child has made of one file, before it travels back to the parent."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .codecs import Piece
from .values import ImageFacts


@dataclass(frozen=True)
class Received:
    """An Arrival in the making. Its content is `pieces`: bytes, and ranges of the file as it was received.

    So what stays as it was need not travel back.
    """

    facts: ImageFacts
    pieces: Sequence[Piece] = field(repr=False)
