"""JPEG (ITU-T T.81): baseline, extended, progressive and lossless, decoded by GDCM.

GDCM holds libjpeg for 8, 12 and 16 bits. Where a scan stops early or is damaged, libjpeg fills in and warns on standard
error only, so a warning counts as a failure here.
"""

import re
import struct
from dataclasses import dataclass

import gdcm

from overread.archive.dicom.refusal import Refused
from overread.archive.dicom.shape import Shape

from . import marker_segments as markers
from .code_stream import (
    CodeStream,
    Colour,
    Piece,
    Pixels,
    Stream,
    as_pixels,
    container_bytes,
    cut_short,
    damaged,
    joined,
)
from .standard_error import standard_error

BEGINS = b"\xff\xd8\xff"
END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # neither a stuffed byte nor fill nor a restart marker
SEQUENTIAL = frozenset({0xC0, 0xC1, 0xC9})
PROGRESSIVE = frozenset({0xC2, 0xCA})
LOSSLESS = frozenset({0xC3, 0xCB})
FRAMES = SEQUENTIAL | PROGRESSIVE | LOSSLESS
OTHER_FRAMES = frozenset({0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF, 0xF7})  # hierarchical ones, and JPEG-LS
NEEDED = FRAMES | {
    *(markers.SOI, markers.EOI, markers.SOS, markers.DHT),
    *(markers.DQT, markers.DRI, markers.DAC, markers.DNL),
}
LEAST_LOSSLESS = 8  # bits that GDCM decodes
COEFFICIENTS = 64
WIDEST = 65500  # pixels a side that libjpeg takes
# GDCM tries its 8-bit libjpeg on every stream before the one that fits
HARMLESS = re.compile(rb"Unsupported JPEG data precision [0-9]+\n")


@dataclass(frozen=True)
class Component:
    name: int
    horizontal: int
    vertical: int


@dataclass(frozen=True)
class FrameHeader:
    """A frame header (SOFn)."""

    marker: int
    precision: int
    rows: int
    columns: int
    components: tuple[Component, ...]


@dataclass(frozen=True)
class Scan:
    """A scan header (SOS): the components in it, the coefficients from `first` to `last`, and how many of their lowest
    bits are still missing after it."""

    components: bytes
    first: int
    last: int
    bits_missing: int


def segments(stream: Stream) -> list[markers.Segment]:
    """All segments of a JPEG. Raises Refused where they do not follow each other."""
    return markers.segments(stream, END_OF_SCAN)


def describe(stream: Stream, shape: Shape | None = None) -> CodeStream:
    """The header of a JPEG, after checking that no scan is missing. Raises Refused."""
    found = segments(stream)
    frame = frame_header(found)
    _check_scans(frame, found)
    markers.check_transform(found, len(frame.components))
    if frame.marker in LOSSLESS and frame.precision < LEAST_LOSSLESS:
        raise Refused("bits", f"Lossless JPEG of {frame.precision} bits is not read.")
    colour: Colour = ""
    profile = b""
    if len(frame.components) == 3:
        colour = _colour(found, frame)
        profile = markers.icc_profile(found)
    return CodeStream(
        rows=frame.rows,
        columns=frame.columns,
        samples=len(frame.components),
        precision=frame.precision,
        exact=frame.marker in LOSSLESS,
        colour=colour,
        profile=profile,
    )


def _colour(found: list[markers.Segment], frame: FrameHeader) -> Colour:
    stated = markers.colour_of(found, bytes(component.name for component in frame.components))
    first, *others = frame.components
    subsampled = all(each.horizontal < first.horizontal or each.vertical < first.vertical for each in others)
    if not stated and subsampled:
        return "YBR"  # nobody halves red and blue
    return stated


def essential(stream: Stream, shape: Shape | None = None) -> list[Piece]:
    """The JPEG without metadata and without anything behind its end. Raises Refused."""
    return markers.essential(segments(stream), NEEDED)


def frame_header(found: list[markers.Segment]) -> FrameHeader:
    """The one frame header among these segments. Raises Refused."""
    headers = [segment for segment in found if segment.marker in FRAMES | OTHER_FRAMES]
    if len(headers) != 1 or headers[0].marker in OTHER_FRAMES:
        raise Refused("decode", "The JPEG is not baseline, extended, progressive or lossless.")
    parameters = headers[0].parameters
    if len(parameters) < 6 or len(parameters) != 6 + 3 * parameters[5]:
        raise damaged()
    precision, rows, columns, _count = struct.unpack_from(">BHHB", parameters)
    if not (0 < rows <= WIDEST and 0 < columns <= WIDEST):
        raise Refused("dimensions", f"The JPEG has {rows} rows and {columns} columns.")
    described = [parameters[at : at + 3] for at in range(6, len(parameters), 3)]
    components = tuple(Component(name, factors >> 4, factors & 15) for name, factors, _table in described)
    return FrameHeader(headers[0].marker, precision, rows, columns, components)


def _check_scans(frame: FrameHeader, found: list[markers.Segment]) -> None:
    """Raises Refused unless every coefficient of every component arrives, down to its last bit.

    A decoder shows a JPEG whose last scans are missing without any warning, only coarser.
    """
    wanted = range(COEFFICIENTS) if frame.marker in PROGRESSIVE else range(1)
    missing = {(component.name, coefficient) for component in frame.components for coefficient in wanted}
    for scan in (_scan(segment.parameters) for segment in found if segment.marker == markers.SOS):
        if frame.marker not in PROGRESSIVE:
            missing -= {(name, 0) for name in scan.components}
        elif scan.bits_missing == 0:
            came = range(scan.first, scan.last + 1)
            missing -= {(name, coefficient) for name in scan.components for coefficient in came}
    if missing:
        raise cut_short()


def _scan(parameters: bytes) -> Scan:
    if not parameters or len(parameters) != 4 + 2 * parameters[0]:
        raise damaged()
    first, last, approximation = parameters[-3:]
    return Scan(parameters[1:-3:2], first, last, approximation & 15)


def decode(stream: bytes, described: CodeStream, syntax: str) -> Pixels:
    """uint8 or uint16 [rows, columns] or [rows, columns, samples], in the stream's own colours. Raises Refused."""
    image = _image(joined(stream, markers.essential(segments(stream), NEEDED)), described, syntax)
    with standard_error() as printed:
        buffer = image.GetBuffer()  # GDCM's char* arrives as text
    if buffer is None or HARMLESS.sub(b"", printed.text):
        raise Refused("decode", "The JPEG is damaged or ends early: its decoder warns of it.")
    return as_pixels(buffer.encode("utf-8", "surrogateescape"), described)


def _image(stream: bytes, described: CodeStream, syntax: str) -> gdcm.Image:
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((described.columns, described.rows, 1))
    image.SetDataElement(_element(stream))
    if described.samples == 1:
        colours = gdcm.PhotometricInterpretation.MONOCHROME2
    else:
        # GDCM converts nothing between these two, so the samples come out as they are in the stream
        colours = gdcm.PhotometricInterpretation.RGB
        image.SetPlanarConfiguration(0)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(colours))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
    allocated = 8 * container_bytes(described.precision)
    image.SetPixelFormat(
        gdcm.PixelFormat(described.samples, allocated, described.precision, described.precision - 1, 0)
    )
    return image


def _element(stream: bytes) -> gdcm.DataElement:
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(stream)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    return element
