"""The size that an image states (PS3.3 C.7.6.3), checked before anything is allocated."""

from dataclasses import dataclass

from pydicom.datadict import dictionary_description
from pydicom.dataset import Dataset

from .limits import Limits
from .raw_element import number_in, text_in
from .refusal import MALFORMED, Refused

GREY = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})
YBR = frozenset({"YBR_FULL", "YBR_FULL_422"})
COLOUR = YBR | {"RGB", "YBR_ICT", "YBR_RCT"}  # the last two are RGB once decoded
FLOAT_BITS = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}


@dataclass(frozen=True)
class Shape:
    """Sizes in pixels and bits. A sample takes `bits_stored` bits of its cell, the highest of them `high_bit` (PS3.5 8.1.1).

    `planar`: colour samples lie plane by plane; of uncompressed pixel data only.
    """

    rows: int
    columns: int
    frames: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    photometric: str
    planar: bool = False
    floating: bool = False  # Float or Double Float Pixel Data

    @property
    def shift(self) -> int:
        """How many unused bits lie below a sample in its cell."""
        return self.high_bit + 1 - self.bits_stored

    @property
    def value_range(self) -> tuple[int, int]:
        """The lowest and the highest number that the bits stored can hold."""
        half = 2 ** (self.bits_stored - 1)
        if self.signed:
            return (-half, half - 1)
        return (0, 2 * half - 1)

    @property
    def pixel_bytes(self) -> int:
        """Bytes of all frames once decoded; a single bit becomes a byte."""
        return self.rows * self.columns * self.samples * self.frames * max(1, self.bits_allocated // 8)

    @property
    def native_bytes(self) -> int:
        """Bytes of all frames as uncompressed pixel data, without padding."""
        samples = self.rows * self.columns * self.samples * self.frames
        if self.bits_allocated == 1:
            return (samples + 7) // 8
        if self.photometric == "YBR_FULL_422":  # two luminances share one pair of chrominances, C.7.6.3.1.2
            samples = samples // 3 * 2
        return samples * self.bits_allocated // 8


def read_shape(header: Dataset, keyword: str, limits: Limits) -> Shape:
    """The Shape of the image in `header`, whose pixels are in the attribute `keyword`. Raises Refused."""
    rows = _whole(header, "Rows")
    columns = _whole(header, "Columns")
    if not (0 < rows < 65536 and 0 < columns < 65536):
        raise Refused("dimensions", f"The image has {rows} Rows and {columns} Columns.")
    frames = _frames(header, limits)
    samples = _whole(header, "SamplesPerPixel", 1)
    photometric = _photometric(header, samples)
    allocated, stored, high_bit, signed = _bits(header, keyword)
    planar = samples == 3 and _whole(header, "PlanarConfiguration", 0) == 1
    floating = keyword in FLOAT_BITS
    shape = Shape(rows, columns, frames, samples, allocated, stored, high_bit, signed, photometric, planar, floating)
    if shape.pixel_bytes > limits.pixel_bytes:
        raise Refused("too_large", f"Rows, Columns and Number of Frames ask for {shape.pixel_bytes} bytes of pixels.")
    return shape


def check_high_bit(shape: Shape) -> None:
    """Raises Refused where the bits stored have no room below the high bit, or it lies outside its cell."""
    if not shape.bits_stored - 1 <= shape.high_bit < shape.bits_allocated:
        bits = f"{shape.bits_stored} Bits Stored of {shape.bits_allocated} Bits Allocated"
        raise Refused("bits", f"High Bit is {shape.high_bit} with {bits}.")


def _whole(header: Dataset, keyword: str, default: int | None = None) -> int:
    """A whole number out of `header`. Raises Refused where it is missing, several or no number."""
    if (number := number_in(header, keyword)) is not None:
        return number
    name = dictionary_description(keyword)
    try:
        value = header.get(keyword)
        if value in (None, ""):
            value = default
        if value is not None:
            return int(value)
    except MALFORMED as error:
        code = "frames" if keyword == "NumberOfFrames" else "attribute"
        raise Refused(code, f"{name} is no whole number.") from error
    raise Refused("attribute", f"{name} is missing.")


def _frames(header: Dataset, limits: Limits) -> int:
    frames = _whole(header, "NumberOfFrames", 1) or 1
    if not 0 < frames <= limits.frames:
        raise Refused("frames", f"Number of Frames is {frames}; between 1 and {limits.frames} are read.")
    return frames


def _photometric(header: Dataset, samples: int) -> str:
    if samples not in (1, 3):
        raise Refused("samples", f"Samples per Pixel is {samples}; 1 and 3 are read.")
    photometric = text_in(header, "PhotometricInterpretation")
    if photometric is None:
        photometric = str(header.get("PhotometricInterpretation") or "").strip()
    if photometric not in GREY | COLOUR:
        raise Refused("photometric", "Photometric Interpretation is missing or none that is read here.")
    if (photometric in COLOUR) != (samples == 3):
        raise Refused("photometric", f"{photometric} does not go with {samples} Samples per Pixel.")
    return photometric


def _bits(header: Dataset, keyword: str) -> tuple[int, int, int, bool]:
    if keyword in FLOAT_BITS:
        bits = FLOAT_BITS[keyword]
        return bits, bits, bits - 1, True
    allocated = _whole(header, "BitsAllocated")
    stored = _whole(header, "BitsStored", allocated)
    representation = _whole(header, "PixelRepresentation", 0)
    if allocated not in (1, 8, 16, 32) or not 0 < stored <= allocated:
        raise Refused("bits", f"Bits Allocated is {allocated} with {stored} Bits Stored.")
    high_bit = _whole(header, "HighBit", stored - 1)
    if representation not in (0, 1):
        raise Refused("bits", f"Pixel Representation is {representation}; it can be 0 or 1.")
    return allocated, stored, high_bit, representation == 1
