"""Decoding: the stored values of one frame or of all."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from pydicom.pixels import get_decoder

from .agreement import agreed
from .codecs import LOSSLESS, Codec, CodeStream, Pixels, codec_for
from .fragments import Fragments, Range
from .limits import Limits
from .padding import check_padding
from .part10 import Part10, read_part10
from .refusal import Refused, refusing
from .samples import overshoots, samples_of, ybr_to_rgb
from .shape import YBR, Shape, check_high_bit, read_shape


@dataclass(frozen=True)
class DicomImage(ABC):
    """A DICOM file that was checked as far as its pixel data and can be decoded.

    `stated` is what its header says of the pixels, `shape` what holds of them with the code stream's word.
    """

    file: Part10
    stated: Shape
    shape: Shape

    @property
    def header(self) -> Dataset:
        return self.file.header

    @abstractmethod
    def samples(self, index: int) -> tuple[Pixels, Shape]:
        """One frame's samples in their own colours, and what holds of them. Raises Refused."""

    def frame(self, index: int) -> Pixels:
        """Stored values of one frame, [rows, columns] or [rows, columns, 3]; YBR becomes RGB. Raises Refused."""
        if not 0 <= index < self.stated.frames:
            raise Refused("frames", f"There is no frame {index}: the file has {self.stated.frames}.")
        samples, shape = self.samples(index)
        if shape.photometric in YBR:
            return ybr_to_rgb(samples)
        return samples

    def all_frames(self) -> Pixels:
        """The same for all frames, with a leading axis where there are several."""
        if self.stated.frames == 1:
            return self.frame(0)
        return np.stack([self.frame(index) for index in range(self.stated.frames)])


@dataclass(frozen=True)
class NativeImage(DicomImage):
    """Uncompressed pixel data, up to `end` in the file's body."""

    end: int

    def samples(self, index: int) -> tuple[Pixels, Shape]:
        shape = self.stated
        value = memoryview(self.file.body)[self.file.pixels.start : self.end]
        if shape.bits_allocated == 1:
            return self._single_bits(value, index), shape
        with refusing("decode", "The pixel data are not what the header says."):
            cells: Pixels
            cells, _ = get_decoder(self.file.syntax).as_array(value, index=index, **self._options())
        if cells.dtype.kind == "f":
            return cells, shape
        cells = cells.astype(cells.dtype.newbyteorder("<"), copy=False)
        if shape.bits_stored < shape.bits_allocated == 16:
            check_padding(cells.view("<u2"), self.header, shape)
        return samples_of(cells, shape, precision=shape.bits_allocated, exact=True), shape

    def _single_bits(self, value: memoryview, index: int) -> Pixels:
        """uint8 [rows, columns] of 0 and 1. Frames follow each other bit by bit (PS3.5 8.1.1), the lowest one first.

        Asked for a single frame, pydicom (3.0.2) counts one bit too few for some sizes and raises ValueError.
        """
        shape = self.stated
        size = shape.rows * shape.columns
        words = np.frombuffer(value, "u1")
        if not self.file.syntax.is_little_endian and self.file.pixels.vr == "OW":
            words = words[: len(words) // 2 * 2].reshape(-1, 2)[:, ::-1].ravel()
        first = index * size
        bits = np.unpackbits(words[first // 8 : (first + size + 7) // 8], bitorder="little")
        return bits[first % 8 : first % 8 + size].reshape(shape.rows, shape.columns)

    def _options(self) -> dict[str, Any]:
        """What was checked, for the decoder; it does not look into the header again."""
        shape = self.stated
        options: dict[str, Any] = {
            "rows": shape.rows,
            "columns": shape.columns,
            "number_of_frames": shape.frames,
            "samples_per_pixel": shape.samples,
            "photometric_interpretation": shape.photometric,
            "bits_allocated": shape.bits_allocated,
            "bits_stored": shape.bits_stored,
            "pixel_representation": int(shape.signed),
            "pixel_keyword": self.file.pixels.keyword,
            "pixel_vr": self.file.pixels.vr,
            "allow_excess_frames": False,
            "correct_unused_bits": False,
            "raw": True,  # leaves the colours alone
        }
        if shape.samples == 3:
            options["planar_configuration"] = int(shape.planar)
        return options


@dataclass(frozen=True)
class CompressedImage(DicomImage):
    """Encapsulated pixel data: `ranges` holds the fragments of each frame, `first` describes the first one's stream."""

    first: CodeStream
    fragments: Fragments
    ranges: list[list[Range]]
    codec: Codec

    def stream(self, index: int) -> memoryview | bytes:
        """The code stream of one frame."""
        return self.fragments.stream(self.ranges[index])

    def described(self, index: int) -> CodeStream:
        """What the code stream of one frame says of itself. Raises Refused."""
        return self.codec.describe(self.stream(index), self.stated)

    def cells(self, index: int, described: CodeStream) -> Pixels:
        """What the decoder gives for one frame, with all its bits. Raises Refused."""
        return self.codec.decode(bytes(self.stream(index)), described, str(self.file.syntax))

    def samples(self, index: int) -> tuple[Pixels, Shape]:
        described = self.described(index)
        cells = self.cells(index, described)
        shape = agreed(self.stated, described)
        if described.exact and shape.bits_stored < described.precision == 16:
            check_padding(cells.view("<u2"), self.header, shape)
        exact = described.exact and (self.file.syntax in LOSSLESS or not overshoots(cells, shape))
        return samples_of(cells, shape, precision=described.precision, exact=exact), shape


def open_dicom(content: bytes, limits: Limits) -> DicomImage:
    """Parse and check a DICOM file without decoding it. Raises Refused."""
    file = read_part10(content, limits)
    stated = read_shape(file.header, file.pixels.keyword, limits)
    codec = codec_for(file.syntax)
    if codec is None:
        check_high_bit(stated)
        return NativeImage(file, stated, stated, file.pixels.native_end(file.body, stated))
    fragments = file.pixels.fragments(file.body, stated.frames)
    ranges = fragments.frames(stated.frames, file.header)
    first = codec.describe(fragments.stream(ranges[0]), stated)
    return CompressedImage(file, stated, agreed(stated, first), first, fragments, ranges, codec)
