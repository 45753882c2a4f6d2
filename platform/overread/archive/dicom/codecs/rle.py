"""RLE Lossless (PS3.5 Annex G), decoded by pylibjpeg-rle, which refuses a segment that ends early.

An RLE frame says nothing about its size except the number of its segments: one for each byte of each sample.
"""

import struct
from itertools import pairwise

import numpy as np
from rle.rle import decode_frame

from overread.archive.dicom.refusal import Refused, refusing
from overread.archive.dicom.shape import Shape

from .code_stream import CodeStream, Piece, Pixels, Stream, cut_short, joined

HEADER = struct.Struct("<16I")
MOST_SEGMENTS = 15
NO_OPERATION = 128


def begins(fragment: Stream) -> bool:
    """Whether a fragment is the start of a frame: its header says that the first segment lies right behind it."""
    if len(fragment) < HEADER.size:
        return False
    count, first, *_rest = HEADER.unpack_from(fragment)
    return 0 < int(count) <= MOST_SEGMENTS and int(first) == HEADER.size


def describe(stream: Stream, shape: Shape) -> CodeStream:
    """What the DICOM header says, after checking that the frame has its segments. Raises Refused."""
    if shape.bits_allocated % 8:
        raise Refused("bits", f"RLE of {shape.bits_allocated} Bits Allocated is not read.")
    wanted = shape.samples * shape.bits_allocated // 8
    count = len(_segments(stream))
    if count != wanted:
        raise Refused("contradiction", f"The RLE frame has {count} segments; {wanted} are needed (Bits Allocated).")
    return CodeStream(shape.rows, shape.columns, shape.samples, shape.bits_allocated, exact=True)


def essential(stream: Stream, shape: Shape) -> list[Piece]:
    """The frame without anything between and behind its segments. Raises Refused."""
    return _essential(stream, describe(stream, shape))


def _essential(stream: Stream, described: CodeStream) -> list[Piece]:
    pixels = described.rows * described.columns
    segments = _segments(stream)
    whole = [bytes(stream[start:end]) for start, end in segments]
    needed = [segment[: _length(segment, pixels, described.columns)] for segment in whole]
    plain = _written(needed)
    # a frame that holds nothing else is kept as it is, but for padding behind its last segment
    length = len(plain) - len(needed[-1]) % 2
    if stream[:length] == plain[:length]:
        return [(0, length)]
    return [plain]


def decode(stream: bytes, described: CodeStream, syntax: str) -> Pixels:
    """uint8, uint16 or uint32 [rows, columns] or [rows, columns, samples]. Raises Refused."""
    rows = described.rows
    columns = described.columns
    samples = described.samples
    try:
        decoded = _decoded(stream, rows * columns, described.precision)
    except Refused:  # something that is no run lies behind a segment
        decoded = _decoded(joined(stream, _essential(stream, described)), rows * columns, described.precision)
    planes = np.frombuffer(decoded, f"<u{described.precision // 8}").reshape(samples, rows, columns)
    return planes[0] if samples == 1 else planes.transpose(1, 2, 0)


def _decoded(frame: bytes, pixels: int, bits: int) -> bytes:
    """Little-endian samples, plane by plane; never more than `pixels` of each plane."""
    with refusing("decode", "The RLE frame is damaged or ends early."):
        return bytes(decode_frame(frame, pixels, bits, "<"))


def _segments(stream: Stream) -> list[tuple[int, int]]:
    """Where each segment starts and the next one, or the frame, ends."""
    if len(stream) < HEADER.size:
        raise cut_short()
    count, *offsets = HEADER.unpack_from(stream)
    starts = offsets[:count]
    if not 0 < count <= MOST_SEGMENTS or starts[0] != HEADER.size or sorted(set(starts)) != starts:
        raise Refused("decode", "The header of the RLE frame is damaged.")
    if starts[-1] >= len(stream):
        raise cut_short()
    return list(pairwise([*starts, len(stream)]))


def _length(segment: bytes, pixels: int, columns: int) -> int:
    """How many bytes of a segment its pixels take.

    Raises Refused where it ends before them, and where runs of a row or more follow: then the image is another one.
    """
    if _holds(segment, pixels) and not _holds(segment, pixels + 1):
        return len(segment)
    length = _walked(segment, pixels)
    behind = segment[length:]
    if any(behind) and _run_bytes(behind) >= columns:
        raise Refused("decode", "A segment of the RLE frame holds more rows than the image.")
    return length


def _run_bytes(segment: bytes) -> int:
    """How many bytes the runs of a segment make, 0 where it is not runs to its end."""
    at, done = 0, 0
    while at < len(segment) - 1:  # an even length may leave one byte over
        run = segment[at]
        if run < NO_OPERATION:
            at += run + 2
            done += run + 1
        elif run > NO_OPERATION:
            at += 2
            done += 257 - run
        else:
            at += 1
    return done if at <= len(segment) else 0


def _holds(segment: bytes, pixels: int) -> bool:
    """Whether the runs of a segment give so many bytes; never more of them are made."""
    frame = HEADER.pack(1, HEADER.size, *[0] * (MOST_SEGMENTS - 1)) + segment
    try:
        _decoded(frame, pixels, 8)
    except Refused:
        return False
    return True


def _walked(segment: bytes, pixels: int) -> int:
    """The same, run by run: for a segment behind whose runs something else lies."""
    at, done = 0, 0
    while done < pixels and at < len(segment):
        run = segment[at]
        if run < NO_OPERATION:  # run + 1 bytes follow as they are
            at += run + 2
            done += run + 1
        elif run > NO_OPERATION:  # the byte that follows, 257 - run times
            at += 2
            done += 257 - run
        else:
            at += 1
    if done < pixels or at > len(segment):
        raise cut_short()
    if done > pixels + 1:  # some encoders lengthen the last run to an even length
        raise Refused("decode", "A run of the RLE frame is longer than what is left of the image.")
    return at


def _written(segments: list[bytes]) -> bytes:
    """A frame of these segments, each padded to an even length (G.3)."""
    padded = [segment + bytes(len(segment) % 2) for segment in segments]
    starts = [HEADER.size + sum(map(len, padded[:number])) for number in range(len(padded))]
    offsets = starts + [0] * (MOST_SEGMENTS - len(starts))
    return HEADER.pack(len(padded), *offsets) + b"".join(padded)
