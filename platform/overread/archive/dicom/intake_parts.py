"""What the child has made of one file, on its way back to the parent."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .codecs import Piece
from .values import ImageFacts


@dataclass(frozen=True)
class IntakeParts:
    """An IntakeResult whose content is in pieces: new bytes, and ranges of the file as it came.

    What stays as it was need not travel back.
    """

    facts: ImageFacts
    pieces: Sequence[Piece] = field(repr=False)
