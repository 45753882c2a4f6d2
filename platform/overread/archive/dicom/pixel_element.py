"""Where the pixel data lies in a file, and whether enough of it is there."""

import struct
from dataclasses import dataclass

from .refusal import Refused
from .shape import Shape

PIXEL_TAGS = {0x7FE00010: "PixelData", 0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData"}
UNDEFINED = 0xFFFFFFFF
ITEM = b"\xfe\xff\x00\xe0"
DELIMITER = b"\xfe\xff\xdd\xe0"
TAG_BYTES = {struct.pack(f"{order}HH", tag >> 16, tag & 0xFFFF) for tag in PIXEL_TAGS for order in "<>"}


@dataclass(frozen=True)
class PixelElement:
    """One pixel data element: its tag, its VR as stored ("" when implicit), where its value starts, its length."""

    tag: int
    vr: str
    start: int
    length: int

    @property
    def keyword(self) -> str:
        return PIXEL_TAGS[self.tag]

    def end(self, body: bytes, shape: Shape, *, encapsulated: bool) -> int:
        """Where the value ends in `body`, after checking that it can hold the frames of `shape`."""
        end = self._end_in_fragments(body, shape.frames) if encapsulated else self._end_native(body, shape)
        if body[end : end + 4] in TAG_BYTES:
            raise Refused("attribute", "Pixel Data is there more than once.")
        return end

    def _end_native(self, body: bytes, shape: Shape) -> int:
        if self.length == UNDEFINED:
            raise Refused("encapsulation", "Pixel Data is in fragments although the transfer syntax is uncompressed.")
        there = min(self.length, len(body) - self.start)
        if there < shape.native_bytes:
            raise Refused("truncated", f"Pixel Data holds {there} of the {shape.native_bytes} bytes asked for.")
        if there < self.length:
            raise Refused("truncated", "The file ends inside Pixel Data.")
        return self.start + self.length

    def _end_in_fragments(self, body: bytes, frames: int) -> int:
        """Walk offset table and fragments (PS3.5 A.4) as far as the delimiter; the delimiter belongs to the value."""
        if self.length != UNDEFINED or self.keyword != "PixelData":
            raise Refused("encapsulation", "Pixel Data is not in fragments although the transfer syntax asks for it.")
        at, items, filled = self.start, 0, 0
        while body[at : at + 4] == ITEM and at + 8 <= len(body):
            (length,) = struct.unpack_from("<I", body, at + 4)
            at += 8 + length
            items += 1
            filled += length > 0 and items > 1
        if body[at : at + 4] != DELIMITER or at + 8 > len(body):
            raise Refused("truncated", "The file ends inside the fragments of Pixel Data.")
        if filled < frames:
            raise Refused("encapsulation", f"Pixel Data has {filled} fragments for {frames} frames (Number of Frames).")
        return at + 8
