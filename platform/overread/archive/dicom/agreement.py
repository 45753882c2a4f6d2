"""Header and code stream brought together: the stream tells how samples are coded, the header what they mean.

Where the header disagrees about size, layout, colours, depth or sign, the stream is believed, because the decoder follows it
whatever the header says. Where the two contradict each other, the image is refused.
"""

from collections.abc import Iterable
from dataclasses import replace

from .codecs import CodeStream
from .refusal import Refused
from .shape import YBR, Shape

BY_COLOUR = {"RGB": "RGB", "RCT": "YBR_RCT", "ICT": "YBR_ICT"}


def agreed(shape: Shape, stream: CodeStream) -> Shape:
    """`shape` as the code stream has it. Raises Refused where they contradict each other."""
    if (stream.rows, stream.columns) != (shape.rows, shape.columns):
        said = f"{shape.rows} Rows and {shape.columns} Columns"
        raise Refused("contradiction", f"The header says {said}, the code stream {stream.rows} and {stream.columns}.")
    if stream.samples != shape.samples:
        said = f"{shape.samples} Samples per Pixel"
        raise Refused("contradiction", f"The header says {said}, the code stream has {stream.samples} components.")
    if stream.precision > shape.bits_allocated:
        said = f"{shape.bits_allocated} Bits Allocated"
        raise Refused("contradiction", f"The header says {said}, the code stream has {stream.precision} bits.")
    stored, high_bit = _bits(shape, stream.precision)
    return replace(
        shape,
        bits_stored=stored,
        high_bit=high_bit,
        # an unsigned stream may hold two's complement, as the header then says: few encoders know of signs
        signed=shape.signed or bool(stream.signed),
        photometric=_photometric(shape, stream),
        planar=False,
    )


def all_agreed(shape: Shape, streams: Iterable[CodeStream]) -> Shape:
    """The same for all frames. Streams may differ in how many bits they have, because each states that for itself."""
    shapes = {agreed(shape, stream) for stream in streams}
    deepest = max(shapes, key=lambda each: each.bits_stored)
    if len({replace(each, bits_stored=1, high_bit=0) for each in shapes}) > 1:
        raise Refused("contradiction", "The code streams of the frames differ in their colours or sign.")
    return deepest


def _bits(shape: Shape, precision: int) -> tuple[int, int]:
    """Bits Stored and High Bit, within the samples of a code stream.

    A stream with as many bits as the header's cells has taken in whole cells, and the header tells where in them the
    samples lie. With fewer bits it has taken in the samples alone.
    """
    if precision < shape.bits_allocated:
        if shape.shift > 0 and precision == shape.high_bit + 1:  # cells without what lies above the samples
            return shape.bits_stored, shape.high_bit
        return precision, precision - 1
    if shape.shift >= 0 and shape.high_bit < precision:
        return shape.bits_stored, shape.high_bit
    return shape.bits_stored, shape.bits_stored - 1


def _photometric(shape: Shape, stream: CodeStream) -> str:
    if shape.samples == 1:
        return shape.photometric
    if stream.colour in BY_COLOUR:
        return BY_COLOUR[stream.colour]
    if stream.colour == "YBR":
        if shape.photometric in YBR:
            return shape.photometric
        return "YBR_FULL"
    # a header that speaks of a transform which the stream does not have means RGB
    if shape.photometric in YBR:
        return shape.photometric
    return "RGB"
