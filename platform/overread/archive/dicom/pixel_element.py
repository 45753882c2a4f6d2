"""Where the pixel data lies in a file, and whether enough of it is there."""

import struct
from dataclasses import dataclass

from .fragments import Fragments, read_fragments
from .refusal import Refused
from .shape import Shape

PIXEL_TAGS = {0x7FE00010: "PixelData", 0x7FE00008: "FloatPixelData", 0x7FE00009: "DoubleFloatPixelData"}
UNDEFINED = 0xFFFFFFFF
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

    def native_end(self, body: bytes, shape: Shape) -> int:
        """Where an uncompressed value ends in `body`, after checking that it holds the frames of `shape`."""
        if self.length == UNDEFINED:
            raise Refused("encapsulation", "Pixel Data is in fragments although the transfer syntax is uncompressed.")
        if shape.photometric == "YBR_FULL_422" and self.length >= shape.pixel_bytes:
            said = "as many bytes as without (Photometric Interpretation)"
            raise Refused("contradiction", f"Pixel Data of YBR_FULL_422, which halves the chrominance, holds {said}.")
        there = min(self.length, len(body) - self.start)
        if there < shape.native_bytes:
            raise Refused("truncated", f"Pixel Data holds {there} of the {shape.native_bytes} bytes asked for.")
        if there < self.length:
            raise Refused("truncated", "The file ends inside Pixel Data.")
        return self._checked(body, self.start + self.length)

    def fragments(self, body: bytes, frames: int) -> Fragments:
        """The fragments of a compressed value, after checking that there are enough of them."""
        if self.length != UNDEFINED or self.keyword != "PixelData":
            raise Refused("encapsulation", "Pixel Data is not in fragments although the transfer syntax asks for it.")
        found = read_fragments(body, self.start)
        filled = sum(end > start for start, end in found.fragments)
        if filled < frames:
            raise Refused("encapsulation", f"Pixel Data has {filled} fragments for {frames} frames (Number of Frames).")
        self._checked(body, found.end)
        return found

    def _checked(self, body: bytes, end: int) -> int:
        if body[end : end + 4] in TAG_BYTES:
            raise Refused("attribute", "Pixel Data is there more than once.")
        return end
