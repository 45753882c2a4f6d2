"""What one compressed frame says about itself, whatever the DICOM header around it says."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np

from overread.archive.dicom.refusal import Refused

Pixels: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Stream = bytes | memoryview

Colour = Literal["", "RGB", "YBR", "RCT", "ICT"]
"""What three components are coded in. A decoder of JPEG 2000 takes RCT and ICT back to RGB by itself."""
Piece = bytes | tuple[int, int]
"""Bytes of their own, or a range (start, end) of the frame they were found in."""


@dataclass(frozen=True)
class CodeStream:
    """The header of a code stream. Sizes in pixels; `precision` in bits a sample, 1 to 32.

    `signed` is None where the syntax cannot say (all but JPEG 2000). `colour` is what the
    components are coded in, "" where the stream leaves that to the DICOM header. `exact` tells that decoding gives back the very
    samples that were encoded. `profile` is the ICC profile of three components, b"" where it holds none.
    """

    rows: int
    columns: int
    samples: int
    precision: int
    exact: bool
    signed: bool | None = None
    colour: Colour = ""
    profile: bytes = b""


def cut_short() -> Refused:
    return Refused("truncated", "The code stream of the pixel data ends early.")


def damaged() -> Refused:
    return Refused("decode", "The code stream of the pixel data is damaged: its segments do not follow each other.")


def joined(stream: Stream, pieces: Iterable[Piece]) -> bytes:
    """The pieces of a stream, one after the other."""
    return b"".join(content_of(piece, stream) for piece in pieces)


def content_of(piece: Piece, stream: Stream) -> Stream:
    """The bytes of a piece: its own, or those of the range of `stream` that it is."""
    if isinstance(piece, tuple):
        return stream[piece[0] : piece[1]]
    return piece


def length_of(piece: Piece) -> int:
    """How many bytes a piece has."""
    if isinstance(piece, tuple):
        return piece[1] - piece[0]
    return len(piece)


def append(pieces: list[Piece], start: int, end: int) -> None:
    """Add a range, as one with the range before it where they touch."""
    last = pieces[-1] if pieces else None
    if isinstance(last, tuple) and last[1] == start:
        pieces[-1] = (last[0], end)
    else:
        pieces.append((start, end))


def container_bytes(precision: int) -> int:
    """1, 2 or 4: the whole bytes that hold samples of so many bits."""
    if precision <= 8:
        return 1
    return 2 if precision <= 16 else 4


def as_pixels(samples: bytes | bytearray, described: CodeStream) -> Pixels:
    """Little-endian samples, pixel by pixel, as [rows, columns] or [rows, columns, samples]."""
    kind = "i" if described.signed else "u"
    cells = np.frombuffer(samples, f"<{kind}{container_bytes(described.precision)}")
    if described.samples == 1:
        return cells.reshape(described.rows, described.columns)
    return cells.reshape(described.rows, described.columns, described.samples)
