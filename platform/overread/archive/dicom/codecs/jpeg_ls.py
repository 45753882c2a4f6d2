"""JPEG-LS (ITU-T T.87), lossless and near-lossless, decoded by CharLS, which refuses a scan that ends early."""

import re
import struct

import jpeg_ls
import numpy as np

from overread.archive.dicom.refusal import Refused
from overread.archive.dicom.shape import Shape

from . import marker_segments as markers
from .code_stream import CodeStream, Piece, Pixels, Stream, as_pixels, damaged

END_OF_SCAN = re.compile(
    rb"\xff[\x80-\xcf\xd8-\xfe]"
)  # data never hold 0xFF before a byte above 0x7F; no restart marker
SOF55, LSE = 0xF7, 0xF8
NEEDED = frozenset({markers.SOI, markers.EOI, markers.SOS, markers.DNL, markers.DRI, SOF55, LSE})
BY_PLANE = 0


def describe(stream: Stream, shape: Shape) -> CodeStream:
    """The header of a JPEG-LS stream. Raises Refused."""
    found = markers.segments(stream, END_OF_SCAN)
    headers = [segment.parameters for segment in found if segment.marker == SOF55]
    scans = [segment.parameters for segment in found if segment.marker == markers.SOS]
    if len(headers) != 1 or not scans:
        raise Refused("decode", "The code stream is not JPEG-LS.")
    header = headers[0]
    if len(header) < 6 or len(header) != 6 + 3 * header[5] or any(len(scan) < 4 for scan in scans):
        raise damaged()
    precision, rows, columns, samples = struct.unpack_from(">BHHB", header)
    if not rows or not columns:
        raise Refused("dimensions", f"The JPEG-LS stream has {rows} rows and {columns} columns.")
    nearest = max(scan[-3] for scan in scans)  # NEAR: how far a sample may be off
    return CodeStream(
        rows=rows,
        columns=columns,
        samples=samples,
        precision=precision,
        exact=nearest == 0,
        colour=markers.colour_of(found, header[6::3]) if samples == 3 else "",
    )


def essential(stream: Stream, shape: Shape) -> list[Piece]:
    """The stream without metadata and without anything behind its end. Raises Refused."""
    return markers.essential(markers.segments(stream, END_OF_SCAN), NEEDED)


def decode(stream: bytes, described: CodeStream, syntax: str) -> Pixels:
    """uint8 or uint16 [rows, columns] or [rows, columns, samples]. Raises Refused."""
    try:
        samples, info = jpeg_ls.decode_pixel_data(stream)
    except RuntimeError as error:
        raise Refused("decode", "The JPEG-LS stream is damaged or ends early.") from error
    if described.samples > 1 and info["interleave_mode"] == BY_PLANE:
        planes = np.frombuffer(samples, "<u2" if described.precision > 8 else "u1")
        return planes.reshape(described.samples, described.rows, described.columns).transpose(1, 2, 0)
    return as_pixels(samples, described)
