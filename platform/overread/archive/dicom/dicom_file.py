"""A DICOM file, received: its header written anew without identity, its pixel data untouched byte for byte."""

import hashlib
import struct
from io import SEEK_END
from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import UID

from . import describe
from .deidentify import Deidentified, deidentify, identifying_text
from .frames import open_dicom
from .limits import Limits
from .part10 import PREFIX, PREFIX_AT, Part10
from .pixel_element import UNDEFINED, PixelElement
from .received import Received
from .shape import Shape

IMPLEMENTATION_UID = UID("2.25.313273958423612341573230287613529386496")
IMPLEMENTATION_NAME = "OVERREAD_1"
FLOAT_VRS = {"FloatPixelData": "OF", "DoubleFloatPixelData": "OD"}


def receive_dicom(content: bytes, key: bytes, limits: Limits) -> Received:
    """Check, parse and de-identify. Raises Refused for anything that is no readable image."""
    image = open_dicom(content, limits)
    file, shape = image.file, image.shape
    clean = deidentify(
        file.header,
        instance=identifying_text(file.header, "SOPInstanceUID") or hashlib.sha256(content).hexdigest(),
        shape=shape,
        sop_class=file.sop_class,
        key=key,
        depth=limits.depth,
    )
    head = _written(clean.header, file.syntax) + _pixel_head(file.pixels, file.syntax, shape, image.end)
    facts = _facts(clean, shape, file)
    if file.body is content:
        return Received(facts, head, content, file.pixels.start, image.end)
    return Received(facts, head + memoryview(file.body)[file.pixels.start : image.end])


def _written(header: Dataset, syntax: UID) -> bytes:
    """Zeroed preamble, fresh file meta information (PS3.10 7.1) and `header`, in the transfer syntax `syntax`."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = header.SOPClassUID
    meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = IMPLEMENTATION_UID
    meta.ImplementationVersionName = IMPLEMENTATION_NAME
    header.SpecificCharacterSet = "ISO_IR 192"
    stream = DicomBytesIO(bytes(PREFIX_AT) + PREFIX)
    stream.seek(0, SEEK_END)
    stream.is_implicit_VR, stream.is_little_endian = False, True
    write_file_meta_info(stream, meta)
    stream.is_implicit_VR, stream.is_little_endian = syntax.is_implicit_VR, syntax.is_little_endian
    write_dataset(stream, header)
    return bytes(stream.getvalue())


def _pixel_head(pixels: PixelElement, syntax: UID, shape: Shape, end: int) -> bytes:
    """The element header in front of the pixel data's value (PS3.5 7.1)."""
    order = "<" if syntax.is_little_endian else ">"
    tag = struct.pack(f"{order}HH", pixels.tag >> 16, pixels.tag & 0xFFFF)
    length = UNDEFINED if syntax.is_encapsulated else end - pixels.start
    if syntax.is_implicit_VR:
        return tag + struct.pack("<I", length)
    return tag + _pixel_vr(pixels, syntax, shape).encode() + struct.pack(f"{order}HI", 0, length)


def _pixel_vr(pixels: PixelElement, syntax: UID, shape: Shape) -> str:
    """The VR as received where it was a proper one (PS3.5 8.2), because it decides on big-endian bytes."""
    if pixels.keyword in FLOAT_VRS or syntax.is_encapsulated:
        return FLOAT_VRS.get(pixels.keyword, "OB")
    return pixels.vr if pixels.vr in ("OB", "OW") else "OB" if shape.bits_allocated <= 8 else "OW"


def _facts(clean: Deidentified, shape: Shape, file: Part10) -> dict[str, Any]:
    header = clean.header
    pixel_spacing, spacing_kind = describe.spacing(header)
    return {
        "kind": "dicom",
        "patient": clean.patient,
        "study_uid": header.StudyInstanceUID,
        "series_uid": header.SeriesInstanceUID,
        "instance_uid": header.SOPInstanceUID,
        "modality": describe.word(header, "Modality"),
        "view": describe.view(header),
        "laterality": describe.laterality(header),
        "body_part": describe.word(header, "BodyPartExamined"),
        "sex": describe.sex(header),
        "age_years": clean.age_years,
        "device": describe.device(header),
        "rows": shape.rows,
        "columns": shape.columns,
        "frames": shape.frames,
        "bits_stored": shape.bits_stored,
        "photometric": shape.photometric,
        "transfer_syntax": str(file.syntax),
        "pixel_spacing": pixel_spacing,
        "spacing_kind": spacing_kind,
        "study_day": clean.study_day,
        "burned_in": describe.burned_in(header),
    }
