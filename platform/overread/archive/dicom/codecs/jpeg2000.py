"""JPEG 2000 and High-Throughput JPEG 2000 (ITU-T T.800, T.814), decoded by OpenJPEG.

OpenJPEG refuses a packet that ends early, but shows missing tiles as black and treats missing packets as empty. So the tiles
are counted here, and the stream is read a second time, at its lowest resolution and with `PROBE` after each tile: a decoder
that has read every packet never reaches it; one that still expects packets reads nonsense and fails. A decoder may also stop
before the end of a tile, where bytes in the middle do not belong to its packets: so without the tile's last byte it must
fail. Pillow is used for this, because its OpenJPEG can be asked for a low resolution; no wavelet is inverted for it, so it
costs little.
"""

import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO

from openjpeg.utils import decode_pixel_data
from PIL import Image
from PIL.Jpeg2KImagePlugin import Jpeg2KImageFile

from overread.archive.dicom.refusal import Refused
from overread.archive.dicom.shape import Shape

from .code_stream import CodeStream, Colour, Piece, Pixels, Stream, append, as_pixels, cut_short, damaged

Reads = Callable[[bytes], bool]
"""Whether a stream is read without an error."""
BEGINS = b"\xff\x4f\xff\x51"
JP2_BEGINS = b"\0\0\0\x0cjP  "
SIZ, COD, COC, TLM, SOT, SOD, EOC, COM = 0xFF51, 0xFF52, 0xFF53, 0xFF55, 0xFF90, 0xFF93, 0xFFD9, 0xFF64
PPM, PPT = 0xFF60, 0xFF61  # packet headers kept apart from the packets
MOST_BITS = 24  # what OpenJPEG (2.5.4) encodes and decodes of more is not what it was given
PROBE = b"\xfe" * 32  # as a packet header: not empty, every code block included, with more passes than can follow
MOST_TILES = 16  # whose last bytes are tried one by one
SOT_BYTES = 12
PSOT_AT = 6  # where a tile-part's length stands in its SOT
SYCC = b"colr\1\0\0\0\0\0\x12"  # colour specification box of a JP2 file: enumerated colour space 18
# What a decoder may need, besides: RGN, QCD, QCC, POC, PLM, PLT, CRG, CAP, CPF, PRF. Comments are not among it.
OTHERS = {0xFF5E, 0xFF5C, 0xFF5D, 0xFF5F, 0xFF57, 0xFF58, 0xFF63, 0xFF50, 0xFF59, 0xFF56}
NEEDED = frozenset({SIZ, COD, COC, TLM, PPM, PPT, *OTHERS})


@dataclass(frozen=True)
class MarkerSegment:
    marker: int
    start: int
    end: int


@dataclass(frozen=True)
class TilePart:
    """One part of a tile: its header from `start` to `data`, its packets from `data` to `end`."""

    tile: int
    number: int
    parts: int  # of this tile; 0 where this part does not say
    segments: tuple[MarkerSegment, ...]
    start: int
    data: int
    end: int


@dataclass(frozen=True)
class Layout:
    """Where everything lies in a code stream."""

    segments: tuple[MarkerSegment, ...]  # of the main header
    parts: tuple[TilePart, ...]
    end: int  # behind EOC, or behind the last tile-part where EOC is missing


def describe(stream: Stream, shape: Shape) -> CodeStream:
    """The header of a code stream, after checking that no tile is missing. Raises Refused."""
    code, colour = _code_stream(stream)
    layout = _layout(code)
    size = _parameters(code, layout, SIZ)
    coding = _parameters(code, layout, COD)
    if len(size) < 36 or len(coding) < 10:
        raise damaged()
    x1, y1, x0, y0 = struct.unpack_from(">4I", size, 2)
    components = size[36:]
    (count,) = struct.unpack_from(">H", size, 34)
    depths = set(components[::3])
    if not count or len(components) != 3 * count:
        raise damaged()
    if len(depths) > 1:
        raise Refused("contradiction", "The components of the JPEG 2000 stream differ in depth or sign.")
    if x1 <= x0 or y1 <= y0:
        raise Refused("dimensions", "The JPEG 2000 stream has no rows or no columns.")
    if (x0, y0) != (0, 0):
        raise Refused("dimensions", "The JPEG 2000 stream places its image away from its origin, which is not read.")
    if set(components[1::3]) != {1} or set(components[2::3]) != {1}:
        raise Refused("dimensions", "Components of the JPEG 2000 stream are subsampled, which DICOM does not know.")
    _check_tiles(size, layout)
    (depth,) = depths
    precision = (depth & 0x7F) + 1
    if precision > MOST_BITS:
        raise Refused("bits", f"JPEG 2000 of {precision} bits is not read.")
    reversible = coding[9] == 1
    if coding[4] == 1:  # the multiple component transformation
        colour = "RCT" if reversible else "ICT"
    return CodeStream(
        rows=y1 - y0,
        columns=x1 - x0,
        samples=count,
        precision=precision,
        signed=depth >= 0x80,
        exact=reversible,
        colour=colour,
    )


def essential(stream: Stream, shape: Shape) -> list[Piece]:
    """The bare code stream, without comments and without anything before its start or behind its end. Raises Refused."""
    code, _colour = _code_stream(stream)
    before = len(stream) - len(code)
    layout = _layout(code)
    pieces: list[Piece] = []
    for start, end in [
        (0, 2),
        *((segment.start, segment.end) for segment in layout.segments if segment.marker in NEEDED),
    ]:
        append(pieces, before + start, before + end)
    for part in layout.parts:
        _append_part(pieces, part, before)
    last = layout.parts[-1].end
    if layout.end > last:
        append(pieces, before + last, before + layout.end)
    return pieces


def _append_part(pieces: list[Piece], part: TilePart, before: int) -> None:
    """A tile-part as it is, except that comments are blanked: other markers and offset tables count on its length."""
    at = part.start
    for segment in part.segments:
        if segment.marker in NEEDED:
            continue
        append(pieces, before + at, before + segment.start)
        blank = segment.end - segment.start - 4
        pieces.append(struct.pack(">HH", COM, 2 + blank) + bytes(blank))
        at = segment.end
    append(pieces, before + at, before + part.end)


def decode(stream: bytes, described: CodeStream, syntax: str) -> Pixels:
    """Samples in the smallest whole number of bytes that holds them, [rows, columns] or [rows, columns, samples]."""
    code, _colour = _code_stream(stream)
    layout = _layout(code)
    samples = _decoded(bytes(code[: layout.parts[-1].end]) + EOC.to_bytes(2))
    if not any(segment.marker in (PPM, PPT) for segment in _all_segments(layout)):
        probed = _with_ends(bytes(code), layout, PROBE)
        reads: Reads = partial(_reads_low, reduce=_reduce(code, layout, described))
        if not reads(probed):
            reads = _reads_fully  # Pillow may not know this kind of stream
            if not reads(probed):
                raise _broken()
        _check_ends(bytes(code), layout, reads)
    return as_pixels(samples, described)


def _decoded(code: bytes) -> bytes:
    try:
        return bytes(decode_pixel_data(code, version=2))
    except (RuntimeError, ValueError) as error:
        raise _broken() from error


def _check_ends(code: bytes, layout: Layout, reads: Reads) -> None:
    """Raises Refused where a tile holds more bytes than its packets are.

    A packet that lacks its last byte is an error. One that consists of this byte alone is missed only where something
    else follows.
    """
    last = {part.tile: part for part in layout.parts if part.end > part.data}
    for part in list(last.values())[:MOST_TILES]:
        if reads(_with_ends(code, layout, b"", cut=part)) and reads(_with_ends(code, layout, PROBE, cut=part)):
            raise Refused("decode", "The JPEG 2000 stream is damaged: a tile holds bytes that belong to no packet.")


def _reads_low(code: bytes, reduce: int) -> bool:
    """Whether Pillow reads a stream without an error, at 1/2**`reduce` of its size."""
    try:
        picture = Image.open(BytesIO(code), formats=["JPEG2000"])
        assert isinstance(picture, Jpeg2KImageFile)
        picture.reduce = reduce
        picture.load()
    except (OSError, ValueError, Image.DecompressionBombError):
        return False
    return True


def _reads_fully(code: bytes) -> bool:
    try:
        _decoded(code)
    except Refused:
        return False
    return True


def _broken() -> Refused:
    return Refused("decode", "The JPEG 2000 stream is damaged or ends early.")


def _all_segments(layout: Layout) -> Iterator[MarkerSegment]:
    yield from layout.segments
    for part in layout.parts:
        yield from part.segments


def _reduce(code: Stream, layout: Layout, described: CodeStream) -> int:
    """The lowest resolution that all components of all tiles have and whose size Pillow expects as OpenJPEG makes it.

    OpenJPEG rounds up, Pillow to the nearest (13.0.0).
    """
    at = {COD: 5, COC: 2 if described.samples < 257 else 3}
    levels = min(code[each.start + 4 + at[each.marker]] for each in _all_segments(layout) if each.marker in at)
    sizes = (described.rows, described.columns)
    return max(n for n in range(levels + 1) if all((size + (1 << n) // 2) >> n == -(-size >> n) for size in sizes))


def _with_ends(code: bytes, layout: Layout, end: bytes, *, cut: TilePart | None = None) -> bytes:
    """The stream with `end` behind each tile's packets, and without the last byte of the part `cut`."""
    last = {part.tile: part for part in layout.parts}  # in their order, so the last one stays
    head = [code[segment.start : segment.end] for segment in layout.segments if segment.marker != TLM]
    parts = [
        _with_end(code[part.start : part.end - (part is cut)], end if last[part.tile] is part else b"")
        for part in layout.parts
    ]
    return b"".join([code[:2], *head, *parts, EOC.to_bytes(2)])


def _with_end(content: bytes, end: bytes) -> bytes:
    """A tile-part with more behind it, and the length that says so."""
    length = struct.pack(">I", len(content) + len(end))
    return content[:PSOT_AT] + length + content[PSOT_AT + len(length) :] + end


def _code_stream(stream: Stream) -> tuple[Stream, Colour]:
    """The code stream inside a JP2 file, which DICOM forbids but some devices send, and what the file says of its colours."""
    if bytes(stream[: len(JP2_BEGINS)]) != JP2_BEGINS:
        return stream, ""
    colour: Colour = ""
    at = 0
    while at + 8 <= len(stream):
        length, kind = struct.unpack_from(">I4s", stream, at)
        start = at + 8
        if length == 1 and at + 16 <= len(stream):  # a long one follows (T.800 I.4)
            (length,) = struct.unpack_from(">Q", stream, start)
            start += 8
        end = at + length if length else len(stream)
        if kind == b"jp2c":
            return stream[start:], colour
        if kind == b"jp2h":
            header = bytes(stream[start:end])
            if b"pclr" in header:
                raise Refused("decode", "The JPEG 2000 file holds a palette, which DICOM knows nothing of.")
            colour = "YBR" if SYCC in header else ""
        if end <= at:
            break
        at = end
    raise cut_short()


def _layout(code: Stream) -> Layout:
    """Raises Refused where segments do not follow each other."""
    if bytes(code[: len(BEGINS)]) != BEGINS:
        raise damaged()
    main, at = _segments(code, 2, SOT)
    parts = []
    while bytes(code[at : at + 2]) == SOT.to_bytes(2):
        parts.append(_tile_part(code, at))
        at = parts[-1].end
    if not parts:
        raise cut_short()
    end = at
    if bytes(code[at : at + 2]) == EOC.to_bytes(2):
        end = at + 2
    return Layout(main, tuple(parts), end)


def _tile_part(code: Stream, at: int) -> TilePart:
    if at + SOT_BYTES > len(code):
        raise cut_short()
    tile, length, number, parts = struct.unpack_from(">HIBB", code, at + 4)
    end = at + length if length else _end_of_code_stream(code, at)
    if end > len(code):
        raise cut_short()
    segments, data = _segments(code, at + SOT_BYTES, SOD)
    if data + 2 > end:
        raise damaged()
    return TilePart(tile, number, parts, segments, at, data + 2, end)


def _end_of_code_stream(code: Stream, at: int) -> int:
    """Where EOC lies, or the stream ends: the last tile-part may leave its length open."""
    found = bytes(code[at:]).find(EOC.to_bytes(2))  # packets never hold 0xFF before a byte above 0x8F
    if found < 0:
        return len(code)
    return at + found


def _segments(code: Stream, at: int, until: int) -> tuple[tuple[MarkerSegment, ...], int]:
    """The marker segments from `at` up to the marker `until`, and where that one lies."""
    found: list[MarkerSegment] = []
    while True:
        if at + 4 > len(code):
            raise cut_short()
        marker, length = struct.unpack_from(">HH", code, at)
        if marker == until:
            return tuple(found), at
        if marker < 0xFF00 or length < 2:
            raise damaged()
        found.append(MarkerSegment(marker, at, at + 2 + length))
        at += 2 + length


def _parameters(code: Stream, layout: Layout, marker: int) -> bytes:
    """The parameters of the one segment of this kind in the main header."""
    found = [segment for segment in layout.segments if segment.marker == marker]
    if len(found) != 1:
        raise damaged()
    return bytes(code[found[0].start + 4 : found[0].end])


def _check_tiles(size: bytes, layout: Layout) -> None:
    """Raises Refused unless every part of every tile is there."""
    x1, y1, _x0, _y0, width, height, tiles_x0, tiles_y0 = struct.unpack_from(">8I", size, 2)
    if not width or not height:
        raise damaged()
    wanted = math.ceil((x1 - tiles_x0) / width) * math.ceil((y1 - tiles_y0) / height)
    numbers: dict[int, list[int]] = {}
    stated: dict[int, int] = {}
    for part in layout.parts:
        numbers.setdefault(part.tile, []).append(part.number)
        stated[part.tile] = max(part.parts, stated.get(part.tile, 0))
    if len(numbers) != wanted or max(numbers) >= wanted:
        raise cut_short()
    for tile, parts in numbers.items():
        if parts != list(range(len(parts))) or len(parts) < stated[tile]:  # more of them come than some encoders say
            raise cut_short()
