"""One frame, decoded and packed for the browser and the models. Runs in the child only."""

from dataclasses import fields, replace
from io import BytesIO
from typing import Any

import numpy as np
from isal import igzip
from PIL import Image

from .codecs import Pixels
from .colour import eight_bits, palette_rgb
from .display import padded_in, shown
from .frames import DicomImage, open_dicom
from .icc import to_srgb
from .limits import Limits
from .look import look
from .modality import ModalityNumbers, modality_numbers, to_uint16
from .part10 import is_part10
from .picture import picture_kind, picture_pixels
from .refusal import Refused
from .scale import read_scale
from .shrinking import block_mean, box_half
from .tones import Tones, mirrored, tones
from .values import Frame, Rendering, Window
from .windows import automatic_window, windows

GZIP_LEVEL = 2
THUMB_SIDE = 256
THUMB_QUALITY = 85


def render(content: bytes, frame: int, limits: Limits) -> Rendering:
    """Decode one frame of a de-identified original and pack it. Raises Refused where it does not decode."""
    if is_part10(content):
        return _rendered(open_dicom(content, limits), frame)
    pixels = decoded_picture(content, frame, limits)
    if pixels.ndim == 3:
        return _pack_colour(eight_bits(pixels, bits=8 * pixels.itemsize), first=True)
    image = to_uint16(pixels, bits=8 * pixels.dtype.itemsize)
    return _pack_grey(image, (automatic_window(image),), inverted=False, first=True)


def render_frames(content: bytes, first: int, count: int, limits: Limits) -> list[Frame]:
    """`count` frames from `first` on. Raises Refused, with the frame's number counted from 1, where one does not decode."""
    image = open_dicom(content, limits)
    return [_frame(image, number) for number in range(first, first + count)]


def _frame(image: DicomImage, number: int) -> Frame:
    try:
        made = _rendered(image, number)
    except Refused as refused:
        raise Refused(refused.code, f"Frame {number + 1}: {refused.reason}") from refused
    return Frame(**{field.name: getattr(made, field.name) for field in fields(Frame)})


def decoded_picture(content: bytes, frame: int | None, limits: Limits) -> Pixels:
    kind = picture_kind(content)
    if kind is None:
        raise Refused("not_an_image", "The file is neither DICOM nor PNG nor JPEG.")
    if frame:
        raise Refused("frames", f"There is no frame {frame}: a picture has one.")
    return picture_pixels(content, kind, limits)


def _rendered(image: DicomImage, frame: int) -> Rendering:
    stored = image.frame(frame)
    header = image.header
    shape = image.shape
    little_endian = image.file.syntax.is_little_endian
    aspect = read_scale(header).aspect
    first = frame == 0
    if shape.photometric == "PALETTE COLOR":
        rgb = palette_rgb(stored, header, shape=shape, little_endian=little_endian)
        return _pack_colour(to_srgb(rgb, header.get("ICCProfile")), first=first, aspect=aspect)
    if shape.samples == 3:
        rgb = to_srgb(eight_bits(stored, bits=shape.bits_stored), header.get("ICCProfile"))
        return _pack_colour(rgb, first=first, aspect=aspect)
    numbers = modality_numbers(stored, header, frame=frame, shape=shape, little_endian=little_endian)
    inverted = shape.photometric == "MONOCHROME1"
    choice = windows(header, numbers, frame=frame, little_endian=little_endian)
    return _pack_grey(numbers, choice, inverted=inverted, first=first, aspect=aspect)


def _pack_grey(
    image: ModalityNumbers,
    choice: tuple[Window, ...],
    *,
    inverted: bool,
    first: bool,
    aspect: float = 1.0,
) -> Rendering:
    half = box_half(image.numbers, image.padding)
    low, high = image.extremes
    made = Rendering(
        full=_packed(image.numbers),
        half=_packed(half),
        thumb=b"",
        rows=image.numbers.shape[0],
        columns=image.numbers.shape[1],
        half_rows=half.shape[0],
        half_columns=half.shape[1],
        channels=1,
        bits=image.bits,
        slope=image.slope,
        intercept=image.intercept,
        inverted=inverted,
        padding=image.padding,
        windows=choice,
        minimum=low,
        maximum=high,
        tones=None,
        look=None,
    )
    small = _small(image.numbers, half, image.padding)
    picture = np.rint(shown(small, made, choice[0]) * 255).astype(np.uint8)
    made = replace(made, thumb=_thumb(picture, aspect))
    if not first:
        return made
    return replace(made, tones=_tones(small, made), look=look(picture))


def _pack_colour(rgb: Pixels, *, first: bool, aspect: float = 1.0) -> Rendering:
    """RGB, unless the three channels are one and the same: then it is a grey image of 8 bits."""
    if (rgb[..., 0] == rgb[..., 1]).all() and (rgb[..., 0] == rgb[..., 2]).all():
        image = to_uint16(np.ascontiguousarray(rgb[..., 0]), bits=8)
        window = automatic_window(image)
        return _pack_grey(image, (window,), inverted=False, first=first, aspect=aspect)
    half = box_half(rgb)
    picture = np.rint(_small(rgb, half, None)).astype(np.uint8)
    return Rendering(
        full=_packed(rgb),
        half=_packed(half),
        thumb=_thumb(picture, aspect),
        rows=rgb.shape[0],
        columns=rgb.shape[1],
        half_rows=half.shape[0],
        half_columns=half.shape[1],
        channels=3,
        bits=8,
        slope=1.0,
        intercept=0.0,
        inverted=False,
        padding=None,
        windows=(),
        minimum=float(rgb.min()),
        maximum=float(rgb.max()),
        tones=None,
        look=look(picture) if first else None,
    )


def _packed(pixels: Pixels) -> bytes:
    little = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False)
    return bytes(igzip.compress(np.ascontiguousarray(little).data, GZIP_LEVEL, mtime=0))


def _small(full: Pixels, half: Pixels, padding: tuple[int, int] | None) -> Any:
    """Box mean by a whole factor, so that the longer side is less than twice a thumbnail's, float32."""
    pixels = half
    if max(full.shape[:2]) < 2 * THUMB_SIDE:
        pixels = full
    factor = max(1, max(pixels.shape[:2]) // THUMB_SIDE)
    return block_mean(pixels, min(factor, *pixels.shape[:2]), padding)


def _tones(small: Any, made: Rendering) -> Tones | None:
    """The tones of a small level, in modality values."""
    padded = padded_in(small, made.padding)
    values = small * made.slope + made.intercept
    measured = None
    if padded is not None:
        measured = ~padded
    if not made.inverted:
        return tones(values, measured)
    found = tones(-values, measured)
    return found and mirrored(found)


def _thumb(pixels: Pixels, aspect: float) -> bytes:
    """uint8 grey or RGB as a JPEG of at most 256 pixels on the longer side, in the image's true shape."""
    image = Image.fromarray(pixels)
    if aspect == 1.0:
        image.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.BOX)
    else:
        image = image.resize(fitted(image.width, image.height * aspect, THUMB_SIDE), Image.Resampling.BOX)
    stream = BytesIO()
    image.save(stream, "JPEG", quality=THUMB_QUALITY)
    return stream.getvalue()


def fitted(width: float, height: float, side: int) -> tuple[int, int]:
    """A size of these proportions with `side` pixels on its longer side, both at least 1."""
    factor = side / max(width, height)
    return max(1, round(width * factor)), max(1, round(height * factor))
