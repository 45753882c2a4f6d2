"""From the colours that a file states to sRGB, which is what browsers show (ICC.1, PNG 3rd edition 11.3.2, IEC 61966-2-1).

A profile that means sRGB leaves every pixel as it is. A file whose profile cannot be followed is refused: nobody would notice
wrong colours.
"""

import struct
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from .refusal import Refused

Pixels = np.ndarray[Any, np.dtype[Any]]
Curve = np.ndarray[Any, np.dtype[np.float64]]
SRGB_GAMMA = 1 / 2.2
GAMMA_SLACK = 0.05  # a share: files round it, and some state the gamma of the display instead
GRID = range(0, 256, 17)  # levels of each channel that tell whether a profile changes anything
HEADER_BYTES, TAG_BYTES, MOST_TAGS = 128, 12, 100
COLOUR_TAGS = frozenset(
    {
        *(b"wtpt", b"bkpt", b"chad", b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC"),
        *(b"A2B0", b"A2B1", b"A2B2", b"B2A0", b"B2A1", b"B2A2", b"D2B0", b"D2B1", b"D2B2", b"D2B3"),
        *(b"B2D0", b"B2D1", b"B2D2", b"B2D3", b"gamt", b"lumi", b"cicp"),
    }
)
TEXT_TAGS = (b"desc", b"cprt")  # every profile has to have them
NO_TEXT = struct.pack(">4sIII", b"mluc", 0, 0, 12)
# CMM, date and time, platform to model, creator to reserved
UNNEEDED_HEADER = (slice(4, 8), slice(24, 36), slice(40, 44), slice(48, 56), slice(80, 128))
UNREADABLE = Refused("attribute", "The ICC profile cannot be read or does not go with the image.")


def to_srgb(pixels: Pixels, profile: bytes | None) -> Pixels:
    """uint8 [rows, columns, 3] in the colours of `profile` as sRGB. Raises Refused for a profile of no use."""
    transform = None
    if profile:
        transform = _transform(profile, "RGB")
    if transform is None:
        return pixels
    return np.asarray(ImageCms.applyTransform(Image.fromarray(pixels), transform))


def means_srgb(profile: bytes, mode: str) -> bool:
    """Whether an image of 8 bits of mode "L" or "RGB" needs no conversion. Raises Refused for a profile of no use."""
    if mode == "RGB":
        return _transform(profile, "RGB") is None
    levels = np.arange(256, dtype=np.uint8).reshape(1, -1)
    return grey_to_srgb(levels, profile) is levels


def cmyk_to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """A CMYK image as RGB, by its profile where it has one."""
    transform = None
    if profile:
        transform = _transform(profile, "CMYK")
    if transform is None:
        return image.convert("RGB")
    made = ImageCms.applyTransform(image, transform)
    assert made is not None
    return made


def grey_to_srgb(pixels: Pixels, profile: bytes | None) -> Pixels:
    """uint8 or uint16 [rows, columns] with the tone curve of a grey `profile` as grey of sRGB. Raises Refused.

    A profile of another colour space says nothing of a grey image's tones (ICC.1 7.2.8) and is left aside.
    """
    if not profile or profile[16:20] != b"GRAY":
        return pixels
    levels = int(np.iinfo(pixels.dtype).max)
    return _toned(pixels, _luminance(profile, np.linspace(0, 1, levels + 1)))


def gamma_to_srgb(pixels: Pixels, gamma: float) -> Pixels:
    """uint8 or uint16 samples of a PNG that states `gamma` (gAMA), as those of sRGB."""
    if abs(gamma / SRGB_GAMMA - 1) <= GAMMA_SLACK:
        return pixels
    levels = int(np.iinfo(pixels.dtype).max)
    return _toned(pixels, np.linspace(0, 1, levels + 1) ** (1 / gamma))


def _toned(pixels: Pixels, luminance: Curve) -> Pixels:
    """Each sample by the luminance, 0 to 1, of its level, encoded as sRGB does."""
    encoded = np.where(luminance <= 0.0031308, 12.92 * luminance, 1.055 * luminance ** (1 / 2.4) - 0.055)
    levels = len(luminance) - 1
    table = np.rint(np.clip(encoded, 0, 1) * levels).astype(pixels.dtype)
    if (
        np.abs(table.astype(np.int64) - np.arange(levels + 1)).max() * 255 <= levels
    ):  # one step of 8 bits, as rounding gives
        return pixels
    return np.asarray(table[pixels])


@lru_cache(maxsize=16)
def _transform(profile: bytes, mode: str) -> ImageCms.ImageCmsTransform | None:
    """From `profile` to sRGB; None where that changes nothing. Raises Refused."""
    try:
        stated = ImageCms.ImageCmsProfile(BytesIO(profile))
        transform = ImageCms.buildTransform(stated, ImageCms.createProfile("sRGB"), mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError) as error:
        raise UNREADABLE from error
    if mode == "RGB" and _changes_nothing(transform):
        return None
    return transform


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether no colour of a grid moves by more than the one level that rounding may cost."""
    levels = np.array(GRID, np.uint8)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    made = np.asarray(ImageCms.applyTransform(Image.fromarray(grid), transform))
    return bool(np.abs(made.astype(int) - grid).max() <= 1)


def _luminance(profile: bytes, device: Curve) -> Curve:
    """The luminance, 0 to 1, that a grey profile gives to device values from 0 to 1 (ICC.1 8.2, tag grayTRC)."""
    try:
        tone = _curve(_tag(profile, b"kTRC"), device)
    except (struct.error, LookupError, ValueError) as error:
        raise UNREADABLE from error
    if profile[20:24] == b"Lab ":  # the curve leads to lightness
        lightness = (tone * 100 + 16) / 116
        tone = np.where(lightness > 6 / 29, lightness**3, 3 * (6 / 29) ** 2 * (lightness - 4 / 29))
    return np.clip(tone, 0, 1)


def _tag(profile: bytes, name: bytes) -> bytes:
    return dict(_tags(profile))[name]


def _tags(profile: bytes) -> list[tuple[bytes, bytes]]:
    """Name and data of each tag, in order (ICC.1 7.3). Raises struct.error or ValueError."""
    (count,) = struct.unpack_from(">I", profile, HEADER_BYTES)
    if count > MOST_TAGS:
        raise ValueError
    found = []
    for number in range(count):
        name, start, length = struct.unpack_from(">4sII", profile, HEADER_BYTES + 4 + TAG_BYTES * number)
        if start + length > len(profile):
            raise ValueError
        found.append((name, profile[start : start + length]))
    return found


def without_texts(profile: bytes) -> bytes:
    """The profile with what its colours need, and no descriptions, copyrights, dates or makers' own tags.

    Raises Refused where it cannot be taken apart.
    """
    try:
        tags = [(name, data) for name, data in _tags(profile) if name in COLOUR_TAGS]
    except (struct.error, ValueError) as error:
        raise UNREADABLE from error
    tags += [(name, NO_TEXT) for name in TEXT_TAGS]
    places: dict[bytes, int] = {}  # tags often share their data
    table = struct.pack(">I", len(tags))
    body = b""
    start = HEADER_BYTES + len(table) + TAG_BYTES * len(tags)
    for name, data in tags:
        if data not in places:
            places[data] = start + len(body)
            body += data + bytes(-len(data) % 4)
        table += struct.pack(">4sII", name, places[data], len(data))
    header = bytearray(profile[:HEADER_BYTES])
    header[:4] = struct.pack(">I", start + len(body))
    for field in UNNEEDED_HEADER:
        header[field] = bytes(field.stop - field.start)
    return bytes(header) + table + body


def _curve(tag: bytes, device: Curve) -> Curve:
    """A curve or a parametric curve (ICC.1 10.6 and 10.18) at these values."""
    kind = tag[:4]
    if kind == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        points = np.frombuffer(tag, ">u2", count, 12)
        if count == 0:
            return device
        if count == 1:
            return np.asarray(device ** (int(points[0]) / 256))
        return np.interp(device, np.linspace(0, 1, count), points / 65535)
    if kind != b"para":
        raise ValueError
    (function,) = struct.unpack_from(">H", tag, 8)
    g, *rest = (number / 65536 for number in struct.unpack_from(f">{(1, 3, 4, 5, 7)[function]}i", tag, 12))
    return _parametric(function, g, rest, device)


def _parametric(function: int, g: float, rest: list[float], x: Curve) -> Curve:
    if function == 0:
        return np.asarray(x**g)
    a, b, *rest = rest
    if function == 1:
        return np.where(x >= -b / a, np.maximum(a * x + b, 0) ** g, 0)
    c, *rest = rest
    if function == 2:
        return np.where(x >= -b / a, np.maximum(a * x + b, 0) ** g + c, c)
    d, *rest = rest
    e, f = rest if function == 4 else (0.0, 0.0)
    return np.where(x >= d, np.maximum(a * x + b, 0) ** g + e, c * x + f)
