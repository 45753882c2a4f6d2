"""Which fragments of encapsulated pixel data make up which frame (PS3.5 A.4)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset

from .codecs import joined, starts_frame
from .codecs.code_stream import Piece, Stream, length_of
from .refusal import Refused

ITEM = b"\xfe\xff\x00\xe0"
DELIMITER = b"\xfe\xff\xdd\xe0"
HEAD_BYTES = 8  # of an item: its tag and its length
Range = tuple[int, int]


@dataclass(frozen=True)
class Fragments:
    """Encapsulated pixel data as they lie in a file. Ranges are places in `body`."""

    body: bytes
    offsets: Range  # the value of the Basic Offset Table
    fragments: tuple[Range, ...]  # the value of each item after it
    end: int  # behind the sequence delimiter

    def frames(self, count: int, header: Dataset) -> list[list[Range]]:
        """The fragments of each of `count` frames. Raises Refused where they do not fit."""
        if count == 1:
            return [list(self.fragments)]
        starts = self._starts(count, header)
        if len(starts) < count:
            raise Refused(
                "encapsulation", f"Pixel Data has fragments for {len(starts)} frames of {count} (Number of Frames)."
            )
        ends = [*starts[1:], len(self.fragments)]
        return [list(self.fragments[start:end]) for start, end in zip(starts[:count], ends[:count], strict=True)]

    def _starts(self, count: int, header: Dataset) -> list[int]:
        """The number of each frame's first fragment: by an offset table, one each, or by how the fragments begin."""
        by_place = {start - HEAD_BYTES - self._first_item: number for number, (start, _) in enumerate(self.fragments)}
        for offsets in (extended_offsets(header), self.basic_offsets()):
            ordered = sorted(set(offsets)) == offsets
            if len(offsets) >= count and offsets[0] == 0 and ordered and by_place.keys() >= set(offsets):
                return [by_place[offset] for offset in offsets]
        if len(self.fragments) == count:
            return list(range(count))
        view = memoryview(self.body)
        return [number for number, (start, end) in enumerate(self.fragments) if starts_frame(view[start:end])]

    @property
    def _first_item(self) -> int:
        return self.offsets[1]

    def basic_offsets(self) -> list[int]:
        """The Basic Offset Table: where each frame's first item lies, counted from the first of them all."""
        start, end = self.offsets
        return list(struct.unpack_from(f"<{(end - start) // 4}I", self.body, start))

    def stream(self, frame: list[Range]) -> Stream:
        """The code stream of a frame; not copied where it lies in one fragment."""
        view = memoryview(self.body)
        if len(frame) == 1:
            start, end = frame[0]
            return view[start:end]
        return joined(view, frame)


def extended_offsets(header: Dataset) -> list[int]:
    """The Extended Offset Table of an object that has one, else nothing."""
    table = header.get("ExtendedOffsetTable")
    if not isinstance(table, bytes) or len(table) % 8:
        return []
    return list(struct.unpack(f"<{len(table) // 8}Q", table))


def read_fragments(body: bytes, start: int) -> Fragments:
    """Walk the items from `start`, where the Basic Offset Table begins, to the delimiter. Raises Refused."""
    ranges = []
    at = start
    while body[at : at + 4] == ITEM and at + HEAD_BYTES <= len(body):
        (length,) = struct.unpack_from("<I", body, at + 4)
        ranges.append((at + HEAD_BYTES, at + HEAD_BYTES + length))
        at += HEAD_BYTES + length
    if body[at : at + 4] != DELIMITER or at + HEAD_BYTES > len(body):
        raise Refused("truncated", "The file ends inside the fragments of Pixel Data.")
    if not ranges:
        raise Refused("encapsulation", "Pixel Data has no Basic Offset Table.")
    return Fragments(body, ranges[0], tuple(ranges[1:]), at + HEAD_BYTES)


def written(frames: list[list[Piece]]) -> Iterator[Piece]:
    """Encapsulated pixel data of these frames: one fragment each, behind an empty Basic Offset Table."""
    yield ITEM + struct.pack("<I", 0)
    for pieces in frames:
        length = sum(map(length_of, pieces))
        yield ITEM + struct.pack("<I", length + length % 2)
        yield from pieces
        yield bytes(length % 2)
    yield DELIMITER + struct.pack("<I", 0)
