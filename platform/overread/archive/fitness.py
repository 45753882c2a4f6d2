"""Whether an image is plainly not what its project reads: a photograph, a drawing, a blank film.

These checks are meant to be few and sure. They were set on 3,300 chest radiographs of four sources, none of which they stop,
and on 250 dermoscopic images. Images that only a trained eye tells apart, such as a chest radiograph upside down, pass.
"""

from __future__ import annotations

from overread.archive.models import Enrolment, Image, Rendering

GREY_WORDS = ("radiograph", "x-ray", "xray", "mammogra", "tomogra")
COLOUR_WORDS = ("dermo", "photo", "fundus", "endoscop", "histolog")
RADIOGRAPH_WORDS = ("radiograph", "x-ray", "xray")
RADIOGRAPHS = ("", "CR", "DX", "XR", "RG", "PX", "IO", "DR", "XA", "RF", "OT", "SC", "MG")

LEAST_SIDE = 32  # pixels
LONGEST = 3.0  # sides, one by the other
TINTED = 15.0  # radiographs in RGB reach 5: compression tints them
COLOURLESS = 3.0  # dermoscopic images start at 8
LEAST_CONTRAST = 6.0  # radiographs start at 14
MOST_DETAIL = 0.5  # radiographs reach 0.38, photographs of gravel and grass 0.9, noise 1.4
LEAST_DETAIL = 0.025  # radiographs start at 0.045, a plain gradient has 0.01
MOST_FLAT = 0.5  # radiographs reach 0.33, drawings and screens 0.7

Mismatch = Enrolment.Mismatch


def mismatch_of(*, modality: str, image: Image, rendering: Rendering) -> str:
    """The first check that fails for a project of this modality (its own words), or "".

    A modality that contains none of the words above sets no expectation. Images rendered by older versions,
    of which no look is stored, pass.
    """
    words = modality.casefold()
    if any(word in words for word in GREY_WORDS):
        return _grey_mismatch(words, image, rendering)
    if any(word in words for word in COLOUR_WORDS) and rendering.look and rendering.look["colour"] < COLOURLESS:
        return Mismatch.GREY
    return ""


def _grey_mismatch(words: str, image: Image, rendering: Rendering) -> str:
    if any(word in words for word in RADIOGRAPH_WORDS) and image.modality not in RADIOGRAPHS:
        return Mismatch.MODALITY
    if min(image.rows, image.columns) < LEAST_SIDE or _elongation(image) > LONGEST:
        return Mismatch.SIZE
    if rendering.look is None:
        return ""
    colour, contrast, detail, flat = (rendering.look[name] for name in ("colour", "contrast", "detail", "flat"))
    if colour > TINTED:
        return Mismatch.COLOUR
    if contrast < LEAST_CONTRAST:
        return Mismatch.BLANK
    if flat > MOST_FLAT:
        return Mismatch.DRAWN
    if LEAST_DETAIL <= detail <= MOST_DETAIL:
        return ""
    return Mismatch.TEXTURE


def _elongation(image: Image) -> float:
    height = image.rows * image.pixel_aspect
    width = float(image.columns)
    return max(height / width, width / height)
