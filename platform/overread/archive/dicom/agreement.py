"""Header and code stream brought together: the stream tells how samples are coded, the header what they mean.

Where the header says something else of size, layout, colours, depth or sign, the stream is believed, because the decoder
follows it whatever the header says. Where the two cannot both be meant, the image is refused.
"""

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
    stored = min(shape.bits_stored, stream.precision)
    return replace(
        shape,
        bits_stored=stored,
        high_bit=_high_bit(shape, stored, stream.precision),
        # an unsigned stream may hold two's complement, as the header then says: few encoders know of signs
        signed=shape.signed or bool(stream.signed),
        photometric=_photometric(shape, stream),
        planar=False,
    )


def _high_bit(shape: Shape, stored: int, precision: int) -> int:
    """Within the samples of the code stream, which may be whole cells of the header's or the bits stored alone."""
    if shape.shift <= 0 or precision == stored:
        return stored - 1
    if precision == shape.high_bit + 1:
        return shape.high_bit
    said = f"High Bit {shape.high_bit} with {shape.bits_stored} Bits Stored"
    raise Refused("contradiction", f"The header says {said}, the code stream has {precision} bits.")


def _photometric(shape: Shape, stream: CodeStream) -> str:
    if shape.samples == 1:
        return shape.photometric
    if stream.colour in BY_COLOUR:
        return BY_COLOUR[stream.colour]
    if stream.colour == "YBR":
        return shape.photometric if shape.photometric in YBR else "YBR_FULL"
    # a header that speaks of a transform which the stream does not have means RGB
    return shape.photometric if shape.photometric in YBR else "RGB"
