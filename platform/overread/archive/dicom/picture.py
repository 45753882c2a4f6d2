"""PNG and JPEG files, received: decoded once to prove them, stripped of everything but their pixels."""

import hashlib
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageChops, ImageOps

from .identity import remapped_uid
from .jpeg_stream import stripped
from .limits import Limits
from .received import Received
from .refusal import Refused, refusing
from .values import Kind

MAGIC: dict[bytes, Kind] = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg"}
FORMATS = {"png": "PNG", "jpeg": "JPEG"}
BYTES_PER_PIXEL = 4  # the most that Pillow holds in memory for one
PNG_LEVEL = 1
ORIENTATION = 0x0112  # EXIF tag; 1 means upright
TEXTS_LEFT_OUT = (
    "patient",
    "modality",
    "view",
    "laterality",
    "body_part",
    "sex",
    "device",
    "transfer_syntax",
    "spacing_kind",
)


def picture_kind(content: bytes) -> Kind | None:
    return next((kind for magic, kind in MAGIC.items() if content.startswith(magic)), None)


def receive_picture(content: bytes, kind: Kind, limits: Limits) -> Received:
    """A JPEG whose compressed data can stay keeps them; every other picture becomes a lossless PNG of its pixels.

    Grey keeps 8 or 16 bits, colour becomes 8-bit RGB, transparency is laid on black, an EXIF orientation is applied.
    """
    image = open_picture(content, kind, limits)
    lean = _lean_jpeg(content, image, limits) if kind == "jpeg" else None
    if lean is None:
        image = plain(ImageOps.exif_transpose(image))
        lean, kind = _png(image), "png"
    return Received(_facts(image, kind, lean), lean)


def open_picture(content: bytes, kind: Kind, limits: Limits) -> Image.Image:
    """The decoded picture. Raises Refused where it is too large, broken or cut short."""
    Image.MAX_IMAGE_PIXELS = limits.pixel_bytes // BYTES_PER_PIXEL
    with refusing("decode", f"The {FORMATS[kind]} file does not decode."):
        try:
            if kind == "png":
                Image.open(BytesIO(content), formats=["PNG"]).verify()
            image = Image.open(BytesIO(content), formats=[FORMATS[kind]])
            if image.width * image.height > Image.MAX_IMAGE_PIXELS:
                raise Image.DecompressionBombError
            image.load()
        except Image.DecompressionBombError as error:
            raise Refused("too_large", f"The {FORMATS[kind]} has more pixels than are read here.") from error
        except OSError as error:
            code = "truncated" if "truncated" in str(error).lower() else "decode"
            raise Refused(code, f"The {FORMATS[kind]} file is broken or ends early.") from error
    return image


def picture_pixels(content: bytes, kind: Kind, limits: Limits) -> np.ndarray[Any, Any]:
    """uint8 or uint16 [rows, columns], or uint8 [rows, columns, 3]."""
    return np.asarray(plain(open_picture(content, kind, limits)))


def plain(image: Image.Image) -> Image.Image:
    """The picture as 8- or 16-bit grey or as RGB."""
    if image.mode in ("LA", "La", "PA", "RGBA", "RGBa") or "transparency" in image.info:
        grey = image.mode in ("1", "L", "LA", "La")
        clear = image.convert("RGBA")
        flat = Image.alpha_composite(Image.new("RGBA", clear.size, "black"), clear)
        return flat.convert("RGB").convert("L") if grey else flat.convert("RGB")
    if image.mode in ("L", "RGB", "I;16"):
        return image
    return image.convert("L" if image.mode == "1" else "I;16" if image.mode.startswith("I") else "RGB")


def _lean_jpeg(content: bytes, image: Image.Image, limits: Limits) -> bytes | None:
    """The JPEG without its metadata, if that shows the very same pixels the right way up."""
    if image.mode not in ("L", "RGB") or image.getexif().get(ORIENTATION, 1) != 1:
        return None
    lean = stripped(content)
    if lean is None or ImageChops.difference(open_picture(lean, "jpeg", limits), image).getbbox():
        return None
    return lean


def _png(image: Image.Image) -> bytes:
    bare = image.copy()
    bare.info = {}
    stream = BytesIO()
    bare.save(stream, "PNG", compress_level=PNG_LEVEL)
    return stream.getvalue()


def _facts(image: Image.Image, kind: Kind, content: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(content).digest()
    study, series, instance = (remapped_uid(level, key=digest) for level in ("study", "series", "instance"))
    return {
        "kind": kind,
        "study_uid": study,
        "series_uid": series,
        "instance_uid": instance,
        "rows": image.height,
        "columns": image.width,
        "frames": 1,
        "bits_stored": 16 if image.mode == "I;16" else 8,
        "photometric": "RGB" if image.mode == "RGB" else "MONOCHROME2",
        "age_years": None,
        "pixel_spacing": None,
        "study_day": None,
        "burned_in": None,
        **dict.fromkeys(TEXTS_LEFT_OUT, ""),
    }
