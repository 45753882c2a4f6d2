"""From the cells that a decoder gives to samples (PS3.5 8.1.1), and from luminance and chrominance to RGB."""

import numpy as np
from pydicom.pixels.processing import convert_color_space

from .codecs import Pixels
from .refusal import Refused
from .shape import Shape

OVERSHOOT = 0.25  # of the range of samples


def samples_of(cells: Pixels, shape: Shape, *, precision: int, exact: bool) -> Pixels:
    """The samples in the lowest `precision` bits of `cells`, of the same size and width, signed where `shape` is.

    Bits above and below a sample hold nothing, or an overlay plane in old files, and are left out. A lossy code stream
    may overshoot the range of the bits stored: such a value becomes the nearest one within it.
    """
    width = 8 * cells.dtype.itemsize
    was_signed = cells.dtype.kind == "i"
    cells = cells.view(f"<{'i' if shape.signed else 'u'}{cells.dtype.itemsize}")
    if exact or shape.shift:
        return _shifted(cells, above=width - shape.high_bit - 1, below=shape.shift)
    if shape.signed and not was_signed:
        cells = _shifted(cells, above=width - precision, below=0)
    if precision > shape.bits_stored:
        cells = cells.clip(*shape.value_range)
    return cells


def overshoots(cells: Pixels, shape: Shape) -> bool:
    """Whether some of the cells lie a little beyond what the bits stored can say, and none far: as lossy coding leaves
    samples, and an overlay plane or a sign that was cut off does not.
    """
    if cells.dtype.kind == "u":
        highest = int(2**shape.bits_stored - 1)
        return highest < int(cells.max()) <= highest * (1 + OVERSHOOT)
    lowest, highest = shape.value_range
    margin = int(highest * OVERSHOOT)
    low = int(cells.min())
    high = int(cells.max())
    beyond = low < lowest or highest < high
    return beyond and lowest - margin <= low and high <= highest + margin


def _shifted(cells: Pixels, *, above: int, below: int) -> Pixels:
    """Without the bits `above` and `below`; of a signed type the sign fills in from above."""
    if above:
        cells = np.left_shift(cells, above)
    if above or below:
        cells = np.right_shift(cells, above + below)
    return cells


def ybr_to_rgb(pixels: Pixels) -> Pixels:
    """uint8 [..., 3] of YBR_FULL (PS3.3 C.7.6.3.1.2) as RGB. Raises Refused for deeper samples."""
    if pixels.dtype != np.uint8:
        raise Refused("photometric", "YBR colours of more than 8 bits are not read.")
    return np.asarray(convert_color_space(pixels, "YBR_FULL", "RGB"))
