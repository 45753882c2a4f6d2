"""What PNG and JPEG files have in common: opening them within limits, and turning them upright."""

from io import BytesIO
from typing import Any, TypeAlias

import numpy as np
from PIL import Image

from .limits import Limits
from .refusal import Refused, refusing

Pixels: TypeAlias = np.ndarray[Any, np.dtype[Any]]
BYTES_PER_PIXEL = 4  # the most that Pillow holds in memory for one
ORIENTATION = 0x0112  # EXIF tag: how rows and columns lie to what was photographed; 1 is upright
TURNED = {
    2: lambda pixels: pixels[:, ::-1],
    3: lambda pixels: pixels[::-1, ::-1],
    4: lambda pixels: pixels[::-1],
    5: lambda pixels: pixels.swapaxes(0, 1),
    6: lambda pixels: pixels.swapaxes(0, 1)[:, ::-1],
    7: lambda pixels: pixels[::-1, ::-1].swapaxes(0, 1),
    8: lambda pixels: pixels.swapaxes(0, 1)[::-1],
}


def opened(content: bytes, kind: str, limits: Limits) -> Image.Image:
    """A PNG or JPEG whose pixels have not been decoded yet. Raises Refused for one that has too many."""
    Image.MAX_IMAGE_PIXELS = limits.pixel_bytes // BYTES_PER_PIXEL
    with refusing("decode", f"The {kind} file does not decode."):
        try:
            image = Image.open(BytesIO(content), formats=[kind])
        except Image.DecompressionBombError as error:
            raise Refused("too_large", f"The {kind} has more pixels than are read here.") from error
        if image.width * image.height > Image.MAX_IMAGE_PIXELS:
            raise Refused("too_large", f"The {kind} has more pixels than are read here.")
        return image


def loaded(image: Image.Image, kind: str) -> Image.Image:
    """The same with its pixels decoded. Raises Refused where they are broken or cut short."""
    with refusing("decode", f"The {kind} file does not decode."):
        try:
            image.load()
        except OSError as error:
            code = "decode"
            if "truncated" in str(error).lower():
                code = "truncated"
            raise Refused(code, f"The {kind} file is broken or ends early.") from error
    return image


def orientation(image: Image.Image) -> int:
    """1 to 8, as EXIF counts them."""
    with refusing("decode", "The EXIF data of the file cannot be read."):
        value = image.getexif().get(ORIENTATION, 1)
    return value if value in TURNED else 1


def upright(pixels: Pixels, image: Image.Image) -> Pixels:
    """The pixels of `image` as its EXIF orientation has them seen."""
    turn = TURNED.get(orientation(image))
    if turn is None:
        return pixels
    return np.ascontiguousarray(turn(pixels))
