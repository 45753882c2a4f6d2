"""One frame, decoded and packed for the browser and the models. Runs in the child only."""

from io import BytesIO
from typing import Any

import numpy as np
from isal import igzip
from PIL import Image

from .colour import eight_bits, palette_rgb
from .display import presentation
from .frames import DicomImage, Pixels, open_dicom
from .limits import Limits
from .modality import ModalityNumbers, modality_numbers, squeezed
from .part10 import is_part10
from .picture import picture_kind, picture_pixels
from .refusal import Refused
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
        return _pack_colour(pixels, frame=frame, frames=1)
    image = squeezed(pixels, bits=8 * pixels.dtype.itemsize)
    return _pack_grey(image, (automatic_window(image),), inverted=False, frame=frame, frames=1)


def render_frames(content: bytes, first: int, count: int, limits: Limits) -> list[Frame]:
    """So many frames from `first` on. Raises Refused, with the frame's number counted from 1, where one does not decode."""
    image = open_dicom(content, limits)
    return [_frame(image, number) for number in range(first, first + count)]


def _frame(image: DicomImage, number: int) -> Frame:
    try:
        made = _rendered(image, number)
    except Refused as refused:
        raise Refused(refused.code, f"Frame {number + 1}: {refused.reason}") from refused
    return Frame(made.full, made.half, made.channels, made.slope, made.intercept)


def decoded_picture(content: bytes, frame: int | None, limits: Limits) -> Pixels:
    kind = picture_kind(content)
    if kind is None:
        raise Refused("not_an_image", "The file is neither DICOM nor PNG nor JPEG.")
    if frame:
        raise Refused("frames", f"There is no frame {frame}: a picture has one.")
    return picture_pixels(content, kind, limits)


def _rendered(image: DicomImage, frame: int) -> Rendering:
    stored, header, shape = image.frame(frame), image.header, image.shape
    if shape.photometric == "PALETTE COLOR":
        rgb = palette_rgb(stored, header, little_endian=image.file.syntax.is_little_endian)
        return _pack_colour(rgb, frame=frame, frames=shape.frames)
    if shape.samples == 3:
        return _pack_colour(eight_bits(stored, bits=shape.bits_stored), frame=frame, frames=shape.frames)
    numbers = modality_numbers(stored, header, frame=frame, bits=shape.bits_stored)
    inverted = shape.photometric == "MONOCHROME1"
    choice = windows(header, numbers, frame=frame)
    return _pack_grey(numbers, choice, inverted=inverted, frame=frame, frames=shape.frames)


def _pack_grey(
    image: ModalityNumbers, choice: tuple[Window, ...], *, inverted: bool, frame: int, frames: int
) -> Rendering:
    half = box_half(image.numbers)
    low, high = sorted((image.value(float(image.numbers.min())), image.value(float(image.numbers.max()))))
    small = _small(image.numbers, half)
    shown = presentation(small * image.slope + image.intercept, choice[0], inverted=inverted)
    return Rendering(
        full=_packed(image.numbers),
        half=_packed(half),
        thumb=_thumb(np.rint(shown * 255).astype(np.uint8)),
        rows=image.numbers.shape[0],
        columns=image.numbers.shape[1],
        half_rows=half.shape[0],
        half_columns=half.shape[1],
        channels=1,
        bits=image.bits,
        frame=frame,
        frames=frames,
        slope=image.slope,
        intercept=image.intercept,
        inverted=inverted,
        windows=choice,
        minimum=low,
        maximum=high,
    )


def _pack_colour(rgb: Pixels, *, frame: int, frames: int) -> Rendering:
    """RGB, unless the three channels are one and the same: then it is a grey image of 8 bits."""
    if (rgb[..., 0] == rgb[..., 1]).all() and (rgb[..., 0] == rgb[..., 2]).all():
        image = squeezed(np.ascontiguousarray(rgb[..., 0]), bits=8)
        return _pack_grey(image, (automatic_window(image),), inverted=False, frame=frame, frames=frames)
    half = box_half(rgb)
    return Rendering(
        full=_packed(rgb),
        half=_packed(half),
        thumb=_thumb(np.rint(_small(rgb, half)).astype(np.uint8)),
        rows=rgb.shape[0],
        columns=rgb.shape[1],
        half_rows=half.shape[0],
        half_columns=half.shape[1],
        channels=3,
        bits=8,
        frame=frame,
        frames=frames,
        slope=1.0,
        intercept=0.0,
        inverted=False,
        windows=(),
        minimum=float(rgb.min()),
        maximum=float(rgb.max()),
    )


def box_half(pixels: Pixels) -> Pixels:
    """2×2 box mean, rounded, of [rows, columns] or [rows, columns, channels]; odd edges count by what they have."""
    rows, columns = pixels.shape[0] % 2, pixels.shape[1] % 2
    if rows or columns:
        pixels = np.pad(pixels, ((0, rows), (0, columns), *[(0, 0)] * (pixels.ndim - 2)), mode="edge")
    total = pixels[0::2, 0::2].astype(np.uint32)
    total += pixels[0::2, 1::2]
    total += pixels[1::2, 0::2]
    total += pixels[1::2, 1::2]
    return ((total + 2) >> 2).astype(pixels.dtype)


def _packed(pixels: Pixels) -> bytes:
    little = pixels.astype(pixels.dtype.newbyteorder("<"), copy=False)
    return bytes(igzip.compress(np.ascontiguousarray(little).data, GZIP_LEVEL, mtime=0))


def _small(full: Pixels, half: Pixels) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Box mean by a whole factor, so that the longer side is less than twice a thumbnail's; a ragged edge is cut."""
    pixels = full if max(full.shape[:2]) < 2 * THUMB_SIDE else half
    factor = max(1, max(pixels.shape[:2]) // THUMB_SIDE)
    factor = min(factor, *pixels.shape[:2])
    rows, columns = (side // factor for side in pixels.shape[:2])
    blocks = pixels[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor, *pixels.shape[2:])
    return np.asarray(blocks.mean(axis=(1, 3), dtype=np.float32))


def _thumb(pixels: Pixels) -> bytes:
    """uint8 grey or RGB as a JPEG of at most 256 pixels on the longer side."""
    image = Image.fromarray(pixels)
    image.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.BOX)
    stream = BytesIO()
    image.save(stream, "JPEG", quality=THUMB_QUALITY)
    return stream.getvalue()
