"""PNG and JPEG files, cleaned: decoded once to check that they are whole, stripped of everything but their pixels."""

import hashlib

from . import jpeg_picture, png
from .codecs import Piece, joined, jpeg
from .identity import remapped_uid
from .intake_parts import IntakeParts
from .limits import Limits
from .raster import Pixels
from .values import ImageFacts, Kind

MAGIC: dict[bytes, Kind] = {png.MAGIC: "png", jpeg_picture.MAGIC: "jpeg"}


def picture_kind(content: bytes) -> Kind | None:
    return next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)


def clean_picture(content: bytes, kind: Kind, limits: Limits) -> IntakeParts:
    """A JPEG keeps its compressed data where that is possible; every other picture becomes a lossless PNG of its pixels.

    Grey keeps 8 or 16 bits, and so does colour; colours become sRGB, transparency is laid on black, an EXIF orientation is
    applied. Raises Refused for what is broken, cut short, or not understood.
    """
    if kind == "jpeg":
        pieces = jpeg_picture.bare(content, limits)
        if pieces is not None:
            return _kept_jpeg(content, pieces)
        pixels = jpeg_picture.plain(content, limits)
    else:
        pixels = png.plain(content, limits)
    made = png.written(pixels)
    facts = _facts("png", made, pixels.shape[:2], bits=8 * pixels.itemsize, colour=pixels.ndim == 3)
    return IntakeParts(facts, [made])


def _kept_jpeg(content: bytes, pieces: list[Piece]) -> IntakeParts:
    stream = joined(content, pieces)
    frame = jpeg.frame_header(jpeg.segments(stream))
    size = (frame.rows, frame.columns)
    return IntakeParts(_facts("jpeg", stream, size, bits=8, colour=len(frame.components) == 3), pieces)


def picture_pixels(content: bytes, kind: Kind, limits: Limits) -> Pixels:
    """uint8 or uint16, [rows, columns] or [rows, columns, 3]. Raises Refused."""
    if kind == "jpeg":
        return jpeg_picture.plain(content, limits)
    return png.plain(content, limits)


def _facts(kind: Kind, content: bytes, size: tuple[int, int], *, bits: int, colour: bool) -> ImageFacts:
    digest = hashlib.sha256(content).digest()
    return ImageFacts(
        kind=kind,
        patient="",
        study_uid=remapped_uid("study", key=digest),
        instance_uid=remapped_uid("instance", key=digest),
        rows=size[0],
        columns=size[1],
        frames=1,
        bits_stored=bits,
        photometric="RGB" if colour else "MONOCHROME2",
    )
