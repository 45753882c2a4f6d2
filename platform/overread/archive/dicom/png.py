"""PNG files: every colour type at its full depth, and the plain ones that are stored.

Pillow reduces colour and alpha of 16 bits to 8, and overlooks the transparent colour (tRNS) at some depths, so both are
read here from what it decodes without loss.
"""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from . import icc
from .limits import Limits
from .raster import Pixels, loaded, opened, upright
from .refusal import Refused, refusing

MAGIC = b"\x89PNG\r\n\x1a\n"
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by colour type
# First row and column of each pass of an interlaced PNG, and the steps from there to the next ones (8.2)
PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
INFLATED_AT_ONCE = 1 << 20  # bytes
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6  # colour types
DEPTH_AT, COLOUR_AT = 24, 25
HEADER = slice(12, 29)
HEADER_CRC = slice(29, 33)
SRGB_PRIMARIES = (0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06)  # white, red, green and blue, as cHRM has them
PRIMARY_SLACK = 0.01
SRGB_CODE_POINTS = b"\1\x0d\0\1"  # cICP: primaries of sRGB, its transfer function, RGB, full range
LEVEL = 1  # of compression: the fastest
UP = b"\2"  # the filter that stores what a row differs by from the one above

Samples = tuple[Pixels, Pixels | None]  # colours, and opacity where there is any transparency


def plain(content: bytes, limits: Limits) -> Pixels:
    """Any PNG as upright sRGB, with what is transparent laid on black. Raises Refused.

    uint8 or uint16; grey is [rows, columns], colour [rows, columns, 3].
    """
    image = opened(content, "PNG", limits)
    if getattr(image, "is_animated", False):
        raise Refused("frames", "The PNG is animated; only pictures of one frame are read.")
    colours, opacity = _samples(content, image, limits)
    with refusing("decode", "The PNG file is broken or ends early."):
        opened(content, "PNG", limits).verify()  # checks what decoding does not look at
    _check_all_rows(content)
    colours = _as_srgb(colours, image, content)
    if opacity is not None:
        colours = _on_black(colours, opacity)
    return upright(colours, image)


def _check_all_rows(content: bytes) -> None:
    """Raises Refused where the compressed data end before the last row: Pillow leaves the rest black (13.0.0)."""
    columns, rows, depth, colour, _compression, _filter, interlaced = struct.unpack_from(">IIBBBBB", content, 16)
    bits = depth * SAMPLES[colour]
    parts = [(rows, columns)]
    if interlaced:
        parts = [_part(rows, columns, *each) for each in PASSES]
    wanted = sum(height * (1 + (width * bits + 7) // 8) for height, width in parts if width)
    machine = zlib.decompressobj()
    with refusing("decode", "The PNG file is broken or ends early."):
        for compressed in _chunks(content, b"IDAT"):
            while compressed and wanted > 0:
                wanted -= len(machine.decompress(compressed, INFLATED_AT_ONCE))
                compressed = machine.unconsumed_tail
    if wanted > 0:
        raise Refused("truncated", "The PNG file ends before its last row.")


def _part(
    rows: int, columns: int, first_row: int, first_column: int, row_step: int, column_step: int
) -> tuple[int, int]:
    """How many rows and columns a pass of an interlaced PNG has."""
    return max(0, -(-(rows - first_row) // row_step)), max(0, -(-(columns - first_column) // column_step))


def _samples(content: bytes, image: Image.Image, limits: Limits) -> Samples:
    """Full-depth samples: grey of fewer than 8 bits is spread over 0 to 255."""
    depth = content[DEPTH_AT]
    colour = content[COLOUR_AT]
    if colour == PALETTE:
        if int(np.asarray(loaded(image, "PNG")).max()) >= len(_chunk(content, b"PLTE") or b"") // 3:
            raise Refused("decode", "The PNG has pixels of colours that are not in its palette.")
        if "transparency" not in image.info:
            return np.asarray(loaded(image, "PNG").convert("RGB")), None
        found = np.asarray(loaded(image, "PNG").convert("RGBA"))
        return found[..., :3], found[..., 3]
    if depth == 16 and colour != GREY:
        found = _sixteen_bits(content, image, colour, limits)
    else:
        found = np.asarray(loaded(image, "PNG"))
    if found.dtype == bool:
        found = found * np.uint8(255)
    if colour == GREY_ALPHA:
        return found[..., 0], found[..., 1]
    if colour == RGBA:
        return found[..., :3], found[..., 3]
    return found, _opaque_but(found, image.info.get("transparency"), depth)


def _sixteen_bits(content: bytes, image: Image.Image, colour: int, limits: Limits) -> Pixels:
    """uint16 [rows, columns, samples] of colour or of grey with alpha, which Pillow has no mode for."""
    if colour == GREY_ALPHA:  # two samples of 16 bits are filtered and packed just as four of 8 bits are
        header = bytearray(content)
        header[DEPTH_AT] = 8
        header[COLOUR_AT] = RGBA
        header[HEADER_CRC] = struct.pack(">I", zlib.crc32(header[HEADER]))
        quarters = np.asarray(loaded(opened(bytes(header), "PNG", limits), "PNG"))
        return quarters.copy().view(">u2").astype(np.uint16)
    lower: Any = opened(content, "PNG", limits)
    raw = "RGB;16L" if colour == RGB else "RGBA;16L"  # takes the second byte of each sample for the upper one
    lower.tile = [tile._replace(args=raw) for tile in lower.tile]
    high = np.asarray(loaded(image, "PNG")).astype(np.uint16)
    return np.asarray(high << 8 | np.asarray(loaded(lower, "PNG")))


def _opaque_but(pixels: Pixels, clear: int | tuple[int, ...] | None, depth: int) -> Pixels | None:
    """Opacity where all pixels of the one colour `clear` (tRNS), in samples of the file's own depth, are transparent."""
    if clear is None:
        return None
    levels = np.iinfo(pixels.dtype).max
    sample = np.asarray(clear) & (2**depth - 1)  # bits above the depth say nothing (11.3.1.1)
    if depth < 8:
        sample = sample * (255 // (2**depth - 1))
    matches = pixels == sample
    if pixels.ndim == 3:
        matches = matches.all(axis=-1)
    return np.where(matches, 0, levels).astype(pixels.dtype)


def _as_srgb(pixels: Pixels, image: Image.Image, content: bytes) -> Pixels:
    """By the first of what the file says of its colours: code points, profile, sRGB, gamma and primaries."""
    points = _chunk(content, b"cICP")
    if points is not None:
        if points != SRGB_CODE_POINTS:
            raise Refused("attribute", "The PNG states colours by code points (cICP) that are not those of sRGB.")
        return pixels
    profile = image.info.get("icc_profile")
    if not profile and _chunk(content, b"iCCP") is not None:
        raise Refused("attribute", "The ICC profile of the PNG cannot be read.")
    if profile and pixels.ndim == 2:
        return icc.grey_to_srgb(pixels, profile)
    if profile and pixels.dtype == np.uint16:
        if not icc.means_srgb(profile, "RGB"):
            raise Refused("attribute", "A PNG of 16-bit colour is read without an ICC profile, or with that of sRGB.")
        return pixels
    if profile:
        return icc.to_srgb(pixels, profile)
    if "srgb" in image.info:
        return pixels
    primaries = image.info.get("chromaticity", SRGB_PRIMARIES)
    if pixels.ndim == 3 and not np.allclose(primaries, SRGB_PRIMARIES, atol=PRIMARY_SLACK):
        raise Refused("attribute", "The PNG states primary colours (cHRM) that are not those of sRGB.")
    if "gamma" not in image.info:
        return pixels
    if image.info["gamma"] <= 0:
        raise Refused("attribute", "The PNG states a gamma (gAMA) of zero.")
    return icc.gamma_to_srgb(pixels, image.info["gamma"])


def _chunk(content: bytes, name: bytes) -> bytes | None:
    """The data of the first chunk of this name, of a file that Pillow could open."""
    return next(_chunks(content, name), None)


def _chunks(content: bytes, name: bytes) -> Iterator[bytes]:
    at = len(MAGIC)
    while at + 8 <= len(content):
        length, found = struct.unpack_from(">I4s", content, at)
        if found == name:
            yield content[at + 8 : at + 8 + length]
        at += 12 + length


def _on_black(colours: Pixels, opacity: Pixels) -> Pixels:
    """Each sample by its opacity, rounded; exact where a pixel is opaque or clear."""
    levels = int(np.iinfo(colours.dtype).max)
    share = opacity.astype(np.uint64)
    if colours.ndim == 3:
        share = share[..., None]
    return ((colours * share + levels // 2) // levels).astype(colours.dtype)


def written(pixels: Pixels) -> bytes:
    """A PNG of plain pixels, and of nothing else."""
    if pixels.ndim == 3 and pixels.dtype == np.uint16:
        return _written_colour16(pixels)
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "PNG", compress_level=LEVEL)
    return stream.getvalue()


def _written_colour16(pixels: Pixels) -> bytes:
    rows, columns, _ = pixels.shape
    lines = pixels.astype(">u2").reshape(rows, -1).view(np.uint8)
    above = np.zeros_like(lines)
    above[1:] = lines[:-1]
    raw = b"".join(UP + line.tobytes() for line in lines - above)
    header = struct.pack(">IIBBBBB", columns, rows, 16, RGB, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, LEVEL)), (b"IEND", b""))
    return MAGIC + b"".join(_written_chunk(name, data) for name, data in chunks)


def _written_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
