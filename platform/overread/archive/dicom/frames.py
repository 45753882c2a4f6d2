"""Decoding: the stored values of one frame or of all."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataset import Dataset

from .decoders import NATIVE, decoder_for
from .limits import Limits
from .part10 import Part10, read_part10
from .refusal import Refused, refusing
from .shape import Shape, read_shape

Pixels = np.ndarray[Any, Any]


@dataclass(frozen=True)
class DicomImage:
    """A DICOM file that was checked as far as its pixel data and can be decoded."""

    file: Part10
    shape: Shape
    end: int

    @property
    def header(self) -> Dataset:
        return self.file.header

    def frame(self, index: int) -> Pixels:
        """Stored values of one frame, [rows, columns] or [rows, columns, 3]; YBR becomes RGB. Raises Refused."""
        if not 0 <= index < self.shape.frames:
            raise Refused("frames", f"There is no frame {index}: the file has {self.shape.frames}.")
        return self._decoded(index)

    def all_frames(self) -> Pixels:
        """The same for all frames, with a leading axis where there are several."""
        return self._decoded(None)

    def _decoded(self, index: int | None) -> Pixels:
        decoder, plugin = decoder_for(self.file.syntax)
        value = memoryview(self.file.body)[self.file.pixels.start : self.end]
        with refusing("decode", "The pixel data do not decode: they are damaged or not what the header says."):
            source = value if plugin == NATIVE else bytes(value)
            pixels: Pixels
            pixels, _ = decoder.as_array(source, index=index, decoding_plugin=plugin, **self._options())
        return pixels

    def _options(self) -> dict[str, Any]:
        """What was checked, for the decoder; it does not look into the header again."""
        shape, header = self.shape, self.header
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
        }
        if shape.samples == 3:
            options["planar_configuration"] = 1 if header.get("PlanarConfiguration") == 1 else 0
        if "ExtendedOffsetTable" in header and "ExtendedOffsetTableLengths" in header:
            options["extended_offsets"] = (header.ExtendedOffsetTable, header.ExtendedOffsetTableLengths)
        return options


def open_dicom(content: bytes, limits: Limits) -> DicomImage:
    """Parse and check a DICOM file without decoding it. Raises Refused."""
    file = read_part10(content, limits)
    shape = read_shape(file.header, file.pixels.keyword, limits)
    return DicomImage(file, shape, file.pixels.end(file.body, shape, encapsulated=file.syntax.is_encapsulated))
