"""The image's own account of its size (PS3.3 C.7.6.3), checked before anything is allocated."""

from dataclasses import dataclass

from pydicom.datadict import dictionary_description
from pydicom.dataset import Dataset

from .limits import Limits
from .refusal import Refused

GREY = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})
COLOUR = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"})
FLOAT_BITS = {"FloatPixelData": 32, "DoubleFloatPixelData": 64}


@dataclass(frozen=True)
class Shape:
    rows: int
    columns: int
    frames: int
    samples: int
    bits_allocated: int
    bits_stored: int
    signed: bool
    photometric: str

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
    rows, columns = _whole(header, "Rows"), _whole(header, "Columns")
    if not (0 < rows < 65536 and 0 < columns < 65536):
        raise Refused("dimensions", f"The image has {rows} Rows and {columns} Columns.")
    frames = _frames(header, limits)
    samples = _whole(header, "SamplesPerPixel", 1)
    photometric = _photometric(header, samples)
    bits_allocated, bits_stored, signed = _bits(header, keyword)
    shape = Shape(rows, columns, frames, samples, bits_allocated, bits_stored, signed, photometric)
    if shape.pixel_bytes > limits.pixel_bytes:
        raise Refused("too_large", f"Rows, Columns and Number of Frames ask for {shape.pixel_bytes} bytes of pixels.")
    return shape


def _whole(header: Dataset, keyword: str, default: int | None = None) -> int:
    """A whole number out of `header`. Raises Refused where it is missing, several or no number."""
    name = dictionary_description(keyword)
    try:
        value = header.get(keyword)
        if value in (None, ""):
            value = default
        if value is not None:
            return int(value)
    except (ValueError, TypeError, OverflowError, AttributeError, NotImplementedError) as error:
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
    photometric = str(header.get("PhotometricInterpretation") or "").strip()
    if photometric not in GREY | COLOUR:
        raise Refused("photometric", "Photometric Interpretation is missing or none that is read here.")
    if (photometric in COLOUR) != (samples == 3):
        raise Refused("photometric", f"{photometric} does not go with {samples} Samples per Pixel.")
    return photometric


def _bits(header: Dataset, keyword: str) -> tuple[int, int, bool]:
    if keyword in FLOAT_BITS:
        return FLOAT_BITS[keyword], FLOAT_BITS[keyword], True
    allocated = _whole(header, "BitsAllocated")
    stored = _whole(header, "BitsStored", allocated)
    representation = _whole(header, "PixelRepresentation", 0)
    if allocated not in (1, 8, 16, 32) or not 0 < stored <= allocated:
        raise Refused("bits", f"Bits Allocated is {allocated} with {stored} Bits Stored.")
    if representation not in (0, 1):
        raise Refused("bits", f"Pixel Representation is {representation}; it can be 0 or 1.")
    return allocated, stored, representation == 1
