"""JPEG files: checked to be whole, and kept compressed where their pixels need no change."""

import numpy as np
import simplejpeg

from . import icc
from .codecs import Piece, joined, jpeg
from .limits import Limits
from .raster import Pixels, loaded, opened, orientation, upright
from .refusal import Refused

MAGIC = b"\xff\xd8\xff"
COLOURS = {1: "GRAY", 3: "GRAY", 4: "CMYK"}  # that the proof asks for, by how many components there are: the cheapest


def bare(content: bytes, limits: Limits) -> list[Piece] | None:
    """What of a whole JPEG its picture needs; None where its pixels have to be turned or converted. Raises Refused."""
    pieces = jpeg.essential(content)
    image = opened(content, "JPEG", limits)
    prove_whole(joined(content, pieces))
    if image.mode not in ("L", "RGB") or orientation(image) != 1:
        return None
    profile = image.info.get("icc_profile")
    if profile and not icc.means_srgb(profile, image.mode):
        return None
    return pieces


def plain(content: bytes, limits: Limits) -> Pixels:
    """Any JPEG as upright sRGB: uint8 [rows, columns] or [rows, columns, 3]. Raises Refused."""
    image = loaded(opened(content, "JPEG", limits), "JPEG")
    profile = image.info.get("icc_profile")
    if image.mode == "L":
        pixels = icc.grey_to_srgb(np.asarray(image), profile)
    elif image.mode == "RGB":
        pixels = icc.to_srgb(np.asarray(image), profile)
    else:
        pixels = np.asarray(icc.cmyk_to_srgb(image, profile))
    return upright(pixels, image)


def prove_whole(stream: bytes) -> None:
    """Raises Refused where a scan stops early or is damaged: libjpeg-turbo warns of that, and Pillow hides its warnings.

    Every coefficient is decoded; the image itself is made at an eighth of its size only.
    """
    described = jpeg.describe(stream)
    colours = COLOURS.get(described.samples)
    if described.precision != 8 or colours is None:
        raise Refused("decode", "The JPEG has a depth or colours that are not read here.")
    try:
        simplejpeg.decode_jpeg(stream, colours, fastdct=True, fastupsample=True, min_height=1, min_width=1, strict=True)
    except ValueError as error:
        raise Refused("truncated", "The JPEG file is damaged or ends early: its decoder warns of it.") from error
