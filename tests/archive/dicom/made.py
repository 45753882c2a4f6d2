"""DICOM files and pictures made for one test each."""

from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian

KEY = b"a key for tests"
STUDY, SERIES, INSTANCE = "1.2.3.4.1", "1.2.3.4.2", "1.2.3.4.3"


def ramp(rows: int = 12, columns: int = 16, dtype: str = "uint16", step: int = 7) -> np.ndarray:
    """Numbers that differ from pixel to pixel, [rows, columns]."""
    return (np.arange(rows * columns).reshape(rows, columns) * step).astype(dtype)


def dataset(pixels: np.ndarray, syntax: UID = ExplicitVRLittleEndian, **attributes: Any) -> Dataset:
    """A chest X-ray around [rows, columns], [rows, columns, 3] or, with NumberOfFrames, [frames, …] pixels."""
    made = Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = syntax
    made.file_meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    made.file_meta.MediaStorageSOPInstanceUID = INSTANCE
    made.SOPClassUID = DigitalXRayImageStorageForPresentation
    made.SOPInstanceUID, made.SeriesInstanceUID, made.StudyInstanceUID = INSTANCE, SERIES, STUDY
    made.Modality = "DX"
    made.PatientID = "MRN-1"
    made.StudyDate = "20240229"
    frame = pixels[0] if "NumberOfFrames" in attributes else pixels
    made.Rows, made.Columns = frame.shape[:2]
    made.SamplesPerPixel = 3 if frame.ndim == 3 else 1
    made.PhotometricInterpretation = "RGB" if frame.ndim == 3 else "MONOCHROME2"
    if frame.ndim == 3:
        made.PlanarConfiguration = 0
    made.BitsAllocated = made.BitsStored = 8 * pixels.dtype.itemsize
    made.HighBit = made.BitsStored - 1
    made.PixelRepresentation = int(pixels.dtype.kind == "i")
    order = "<" if syntax.is_little_endian else ">"
    data = pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()
    made.PixelData = data + b"\0" * (len(data) % 2)
    made["PixelData"].VR = "OW" if pixels.dtype.itemsize > 1 else "OB"
    for keyword, value in attributes.items():
        setattr(made, keyword, value)
    return made


def saved(made: Dataset) -> bytes:
    stream = BytesIO()
    made.save_as(stream, enforce_file_format=True)
    return stream.getvalue()


def dicom(pixels: np.ndarray | None = None, syntax: UID = ExplicitVRLittleEndian, **attributes: Any) -> bytes:
    return saved(dataset(ramp() if pixels is None else pixels, syntax, **attributes))


def items(*contents: dict[str, Any]) -> Sequence:
    """A sequence of data sets with these attributes."""
    made = []
    for content in contents:
        item = Dataset()
        for keyword, value in content.items():
            setattr(item, keyword, value)
        made.append(item)
    return Sequence(made)


def picture(pixels: np.ndarray | Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    image = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()
