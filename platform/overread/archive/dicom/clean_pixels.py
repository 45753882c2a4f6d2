"""The part of a file's pixel data that is stored: what its frames need, and nothing else.

Left out are metadata inside code streams, bytes after a frame or between its parts, fragments that belong to no frame, and
the bits of a cell outside its sample, where old files keep overlay planes. Pixel data that hold none of these stay as they
are, byte for byte.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydicom.uid import UID, ExplicitVRLittleEndian

from .agreement import all_agreed
from .codecs import CodeStream, Piece, Pixels, joined
from .codecs.code_stream import length_of
from .fragments import HEAD_BYTES, Range, written
from .frames import CompressedImage, DicomImage, NativeImage
from .padding import check_padding
from .refusal import Refused
from .samples import samples_of
from .shape import Shape


@dataclass(frozen=True)
class CleanPixels:
    """The value of the pixel data element in pieces of its own and ranges of the file's body, and what goes with it."""

    pieces: list[Piece]
    shape: Shape
    syntax: UID

    @property
    def length(self) -> int:
        return sum(map(length_of, self.pieces))


def clean_pixels(image: DicomImage) -> CleanPixels:
    """Raises Refused where a code stream cannot be followed, or has to be decoded and does not."""
    if isinstance(image, CompressedImage):
        streams = [image.described(index) for index in range(image.stated.frames)]
        whole = replace(image, shape=all_agreed(image.stated, streams))
        if _holds_spare_bits(whole, streams):
            return _uncompressed(whole)
        return _compressed(whole)
    assert isinstance(image, NativeImage)
    return _native(image)


def spare_bits_used(cells: Pixels, shape: Shape) -> bool:
    """Whether bits outside the samples hold anything. Zeros do not count, nor does the sign repeated above a signed sample."""
    if shape.shift:
        return True  # what lies below a sample is never worth a look
    plain = cells.view(cells.dtype.str.replace("i", "u"))
    if not _any_above(plain, shape.bits_stored):
        return False
    if not shape.signed:
        return True
    moved = plain + plain.dtype.type(2 ** (shape.bits_stored - 1))  # signed samples lie at 0 and above then
    return _any_above(moved, shape.bits_stored)


def _any_above(cells: Pixels, bits: int) -> bool:
    return int(np.bitwise_or.reduce(cells, axis=None)) >> bits != 0


def _native(image: NativeImage) -> CleanPixels:
    shape, syntax = image.shape, image.file.syntax
    start = image.file.pixels.start
    length = shape.native_bytes
    order = "<" if syntax.is_little_endian else ">"
    half_word = length % 2 and order == ">" and image.file.pixels.vr == "OW"
    if half_word and image.end == start + length:
        raise Refused("truncated", "Pixel Data ends in the middle of its last 16-bit word.")
    if image.file.pixels.keyword == "PixelData" and shape.bits_allocated > shape.bits_stored:
        value = memoryview(image.file.body)[start : start + length + half_word]
        cells: Pixels = np.frombuffer(value, f"{order}u{shape.bits_allocated // 8}")
        if spare_bits_used(cells, shape):
            if shape.bits_allocated == 16:
                check_padding(cells, image.header, shape)
            samples = samples_of(
                cells.astype(cells.dtype.newbyteorder("<")), shape, precision=8 * cells.itemsize, exact=True
            )
            shape = replace(shape, high_bit=shape.bits_stored - 1)
            cleaned = _bytes(samples, order, shape)
            if half_word:
                return CleanPixels([cleaned[:-2], b"\0" + cleaned[-1:]], shape, syntax)
            return CleanPixels(_even([cleaned], length), shape, syntax)
    if half_word:
        last = image.file.body[start + length : start + length + 1]  # the two bytes of a word are swapped (PS3.5 7.3)
        return CleanPixels([(start, start + length - 1), b"\0" + last], shape, syntax)
    return CleanPixels(_even([(start, start + length)], length), shape, syntax)


def _even(pieces: list[Piece], length: int) -> list[Piece]:
    """Padded with one byte where the value would have an odd length (PS3.5 7.1.1)."""
    if length % 2:
        return [*pieces, b"\0"]
    return pieces


def _bytes(samples: Pixels, order: str, shape: Shape) -> bytes:
    kind = "i" if shape.signed else "u"
    return samples.astype(f"{order}{kind}{shape.bits_allocated // 8}").tobytes()


def _holds_spare_bits(image: CompressedImage, streams: list[CodeStream]) -> bool:
    """Whether a code stream also carries bits outside the samples. A lossy one cannot keep them."""
    shape = image.shape
    return any(
        spare_bits_used(image.cells(index, stream), shape)
        for index, stream in enumerate(streams)
        if stream.exact and stream.precision > shape.bits_stored
    )


def _uncompressed(image: CompressedImage) -> CleanPixels:
    """The samples alone, as native pixel data: encoding them again would need an encoder for each syntax."""
    decoded = [image.samples(index) for index in range(image.shape.frames)]
    shape = replace(image.shape, high_bit=image.shape.bits_stored - 1)
    if shape.photometric in ("YBR_RCT", "YBR_ICT"):
        shape = replace(shape, photometric="RGB")
    elif shape.photometric == "YBR_FULL_422":
        shape = replace(shape, photometric="YBR_FULL")  # the decoder has given every pixel its own chrominance
    value = b"".join(_bytes(samples, "<", shape) for samples, _ in decoded)
    return CleanPixels([value + bytes(len(value) % 2)], shape, ExplicitVRLittleEndian)


def _compressed(image: CompressedImage) -> CleanPixels:
    fragments = image.fragments
    frames = []
    untouched = _is_all_there_is(image)
    for index, ranges in enumerate(image.ranges):
        stream = image.stream(index)
        pieces = image.codec.essential(stream, image.stated)
        untouched = untouched and _is_whole(pieces, len(stream))
        frames.append(_placed(pieces, stream, ranges))
    kept: list[Piece] = [(image.file.pixels.start, fragments.end)]
    if not untouched:
        kept = list(written(frames))
    return CleanPixels(kept, image.shape, image.file.syntax)


def _is_whole(pieces: list[Piece], length: int) -> bool:
    """Whether the frame needs all of its bytes, except for one that makes its length even."""
    return len(pieces) == 1 and isinstance(pieces[0], tuple) and pieces[0][0] == 0 and length - pieces[0][1] <= 1


def _is_all_there_is(image: CompressedImage) -> bool:
    """Whether no fragment is left over and the Basic Offset Table is empty or correct."""
    fragments = image.fragments
    used = sum(map(len, image.ranges)) == len(fragments.fragments)
    first = fragments.offsets[1]
    truth = [ranges[0][0] - HEAD_BYTES - first for ranges in image.ranges]
    table = fragments.offsets[1] - fragments.offsets[0]
    return used and (table == 0 or (table == 4 * len(truth) and fragments.basic_offsets() == truth))


def _placed(pieces: list[Piece], stream: Any, ranges: list[Range]) -> list[Piece]:
    """The pieces of a frame as places in the file, or as bytes where it lies in several fragments."""
    if len(ranges) > 1:
        return [joined(stream, pieces)]
    start = ranges[0][0]
    return [(start + piece[0], start + piece[1]) if isinstance(piece, tuple) else piece for piece in pieces]
