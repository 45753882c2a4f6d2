"""Walking the marker segments of JPEG (ITU-T T.81 Annex B) and JPEG-LS (ITU-T T.87 Annex C) without decoding."""

import re
import struct
from dataclasses import dataclass, replace

from overread.archive.dicom.refusal import Refused

from .code_stream import Colour, Piece, Stream, append, cut_short, damaged

SOI, EOI, SOS, DHT, DQT, DNL, DRI, DAC = 0xD8, 0xD9, 0xDA, 0xC4, 0xDB, 0xDC, 0xDD, 0xCC
APP0, APP2, APP8, APP14 = 0xE0, 0xE2, 0xE8, 0xEE
ICC_NAME = b"ICC_PROFILE\0"
ICC_HEAD = len(ICC_NAME) + 2  # the number of the part and how many there are
JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"  # version 1.1, square pixels, no thumbnail
ADOBE_BYTES = 12
HP_COLOUR_TRANSFORM = b"mrfx"  # Hewlett-Packard's colour transforms of JPEG-LS, one byte follows
RGB_IDS = (b"RGB", b"rgb")
TRANSFORMS = {3: (0, 1), 4: (0, 2)}  # none; to YCbCr of three components, to YCCK of four
BY_ADOBE: dict[int, Colour] = {0: "RGB", 1: "YBR"}


@dataclass(frozen=True)
class Segment:
    """One marker and its parameters; a scan (SOS) goes on to the end of its entropy-coded data."""

    marker: int
    start: int  # where its 0xFF lies
    parameters: bytes  # without marker and length
    end: int

    @property
    def written(self) -> bytes:
        """The marker and its parameters as they stand in the stream."""
        return struct.pack(">BBH", 0xFF, self.marker, 2 + len(self.parameters)) + self.parameters


def segments(stream: Stream, end_of_scan: re.Pattern[bytes]) -> list[Segment]:
    """All of them from SOI to EOI, both included. Raises Refused where they do not follow each other or EOI is missing.

    `end_of_scan` finds the first marker behind entropy-coded data. Fill bytes (0xFF) before a marker are left out.
    """
    if bytes(stream[:2]) != b"\xff\xd8":
        raise damaged()
    found = [Segment(SOI, 0, b"", 2)]
    at = 2
    while True:
        while bytes(stream[at : at + 2]) == b"\xff\xff":
            at += 1
        if at + 2 > len(stream):
            raise cut_short()
        if stream[at] != 0xFF:
            raise damaged()
        marker = stream[at + 1]
        if marker == EOI:
            found.append(Segment(EOI, at, b"", at + 2))
            return found
        segment = _segment(stream, marker, at, end_of_scan)
        found.append(segment)
        at = segment.end


def _segment(stream: Stream, marker: int, at: int, end_of_scan: re.Pattern[bytes]) -> Segment:
    if at + 4 > len(stream):
        raise cut_short()
    (length,) = struct.unpack_from(">H", stream, at + 2)
    end = at + 2 + length
    if length < 2:
        raise damaged()
    if end > len(stream):
        raise cut_short()
    parameters = bytes(stream[at + 4 : end])
    if marker == SOS:
        behind = end_of_scan.search(stream, end)
        if behind is None:
            raise cut_short()
        end = behind.start()
    return Segment(marker, at, parameters, end)


def essential(found: list[Segment], needed: frozenset[int]) -> list[Piece]:
    """What the picture needs of a stream: segments in `needed`, and what decides the colours without anything else in it.

    APPn and COM segments go, and with them EXIF, XMP, comments and thumbnails.
    """
    pieces: list[Piece] = []
    for segment in found:
        bare = _bare_colour_segment(segment)
        if segment.marker in needed or bare == segment.written:
            append(pieces, segment.start, segment.end)
        elif bare:
            pieces.append(bare)
    return pieces


def _bare_colour_segment(segment: Segment) -> bytes:
    marker, parameters = segment.marker, segment.parameters
    if marker == APP0 and parameters.startswith(b"JFIF\0"):
        return replace(segment, parameters=JFIF).written
    if marker == APP14 and parameters.startswith(b"Adobe"):
        return replace(segment, parameters=parameters[:ADOBE_BYTES]).written
    if marker == APP8 and parameters.startswith(HP_COLOUR_TRANSFORM):
        return replace(segment, parameters=parameters[: len(HP_COLOUR_TRANSFORM) + 1]).written
    return b""


def check_transform(found: list[Segment], components: int) -> None:
    """Raises Refused where Adobe's marker states a transform for another number of components (T.872 6.5.3)."""
    fitting = TRANSFORMS.get(components, (0,))
    if any(transform not in fitting for transform in _transforms(found)):
        raise Refused("contradiction", "The JPEG states a colour transform that does not fit its components.")


def _transforms(found: list[Segment]) -> list[int]:
    """What Adobe's markers state."""
    markers = [segment.parameters for segment in found if segment.marker == APP14]
    return [said[ADOBE_BYTES - 1] for said in markers if said.startswith(b"Adobe") and len(said) >= ADOBE_BYTES]


def icc_profile(found: list[Segment]) -> bytes:
    """The ICC profile of a JPEG, b"" where it has none or not all of it (ICC.1 B.4)."""
    parts = [segment.parameters for segment in found if segment.marker == APP2]
    numbered = sorted(part[len(ICC_NAME) :] for part in parts if part.startswith(ICC_NAME) and len(part) > ICC_HEAD)
    whole = [part[0] for part in numbered] == list(range(1, len(numbered) + 1))
    if whole and numbered and numbered[0][1] == len(numbered):
        return b"".join(part[2:] for part in numbered)
    return b""


def colour_of(found: list[Segment], component_ids: bytes) -> Colour:
    """The colour space of three components by Adobe's marker, JFIF's and their own names; "" where they say nothing,
    or contradict each other."""
    said: set[Colour] = {BY_ADOBE.get(transform, "") for transform in _transforms(found)}
    if any(segment.marker == APP0 and segment.parameters.startswith(b"JFIF\0") for segment in found):
        said.add("YBR")
    if component_ids in RGB_IDS:
        said.add("RGB")
    return said.pop() if len(said) == 1 else ""
