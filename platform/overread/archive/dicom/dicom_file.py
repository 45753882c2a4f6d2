"""A DICOM file, cleaned: a new header without identity, and of the pixel data only what its frames need."""

import hashlib
import struct
from collections.abc import Callable

from pydicom.uid import UID

from . import describe, icc
from .clean_pixels import CleanPixels, clean_pixels
from .codecs import joined
from .deidentify import Deidentified, deidentify, identifying_text
from .frames import CompressedImage, DicomImage, open_dicom
from .identity import Named, StandIns
from .identity_check import check, read_identity, scrub, scrubbed
from .indication import read_indication
from .intake_parts import IntakeParts
from .limits import Limits
from .orientation import read_orientation
from .part10 import PREFIX, PREFIX_AT
from .pixel_element import UNDEFINED, PixelElement
from .raw_element import encoded
from .refusal import Refused
from .scale import read_scale
from .values import ImageFacts

IMPLEMENTATION_UID = "2.25.313273958423612341573230287613529386496"
IMPLEMENTATION_NAME = "OVERREAD_1"
FLOAT_VRS = {"FloatPixelData": "OF", "DoubleFloatPixelData": "OD"}


def clean_dicom(content: bytes, stand: Callable[[Named], StandIns], limits: Limits) -> IntakeParts:
    """Check, parse, de-identify and describe. Raises Refused for anything that is not a readable image."""
    image = open_dicom(content, limits)
    file = image.file
    pixels = clean_pixels(image)
    clean = deidentify(
        file.header,
        instance=identifying_text(file.header, "SOPInstanceUID") or hashlib.sha256(content).hexdigest(),
        shape=pixels.shape,
        sop_class=file.sop_class,
        stand=stand,
        depth=limits.depth,
        little_endian=file.syntax.is_little_endian,
    )
    if "ICCProfile" not in clean.header and (profile := _profile_inside(image)):
        clean.header.ICCProfile = profile  # cleaning takes it out of the code stream
    identity = read_identity(file.header, limits.depth)
    scrub(clean.header, identity)
    data_set = encoded(clean.header, pixels.syntax) + _pixel_head(file.pixels, pixels)
    meta = bytes(PREFIX_AT) + PREFIX + _meta(clean, pixels.syntax)
    pieces = [meta + data_set, *pixels.pieces]
    check(pieces, file.body, clean.header, identity, header_at=len(meta))
    if file.body is not content:  # of an inflated data set the parent holds nothing
        pieces = [joined(file.body, pieces)]
    indication = scrubbed(read_indication(file.header), identity)
    return IntakeParts(_facts(clean, pixels, indication), pieces)


def _profile_inside(image: DicomImage) -> bytes:
    """The profile inside the code stream, without texts; b"" where there is none or it cannot be followed.

    The standard knows only the header's profile (PS3.3 C.11.15), so the image is complete without this one.
    """
    if not isinstance(image, CompressedImage) or not image.first.profile:
        return b""
    try:
        profile = icc.without_texts(image.first.profile)
        icc.means_srgb(profile, "RGB")
    except Refused:
        return b""
    return profile


def _meta(clean: Deidentified, syntax: UID) -> bytes:
    """The file meta information (PS3.10 7.1): elements of group 2 in explicit little endian, behind their length."""
    version = struct.pack("<HH2sHI", 2, 0x0001, b"OB", 0, 2) + b"\0\1"
    texts = [
        (0x0002, b"UI", clean.sop_class),
        (0x0003, b"UI", clean.stands.instance),
        (0x0010, b"UI", syntax),
        (0x0012, b"UI", IMPLEMENTATION_UID),
        (0x0013, b"SH", IMPLEMENTATION_NAME),
    ]
    group = version
    for element, vr, text in texts:
        value = text.encode("ascii")
        value += (b"\0" if vr == b"UI" else b" ") * (len(value) % 2)
        group += struct.pack("<HH2sH", 2, element, vr, len(value)) + value
    return struct.pack("<HH2sHI", 2, 0, b"UL", 4, len(group)) + group


def _pixel_head(element: PixelElement, pixels: CleanPixels) -> bytes:
    """The element header in front of the pixel data's value (PS3.5 7.1)."""
    syntax = pixels.syntax
    order = "<" if syntax.is_little_endian else ">"
    tag = struct.pack(f"{order}HH", element.tag >> 16, element.tag & 0xFFFF)
    length = pixels.length
    if syntax.is_encapsulated:
        length = UNDEFINED
    if syntax.is_implicit_VR:
        return tag + struct.pack("<I", length)
    return tag + _pixel_vr(element, pixels).encode() + struct.pack(f"{order}HI", 0, length)


def _pixel_vr(element: PixelElement, pixels: CleanPixels) -> str:
    """The VR as received where it was a proper one (PS3.5 8.2), because it decides on big-endian bytes."""
    if element.keyword in FLOAT_VRS or pixels.syntax.is_encapsulated:
        return FLOAT_VRS.get(element.keyword, "OB")
    if element.vr in ("OB", "OW") and element.length != UNDEFINED:
        return element.vr
    if pixels.shape.bits_allocated <= 8:
        return "OB"
    return "OW"


def _facts(clean: Deidentified, pixels: CleanPixels, indication: str) -> ImageFacts:
    header, shape = clean.header, pixels.shape
    scale = read_scale(header)
    return ImageFacts(
        kind="dicom",
        patient=clean.stands.patient,
        study_uid=clean.stands.study,
        instance_uid=clean.stands.instance,
        rows=shape.rows,
        columns=shape.columns,
        frames=shape.frames,
        bits_stored=shape.bits_stored,
        photometric=shape.photometric,
        transfer_syntax=str(pixels.syntax),
        modality=describe.word(header, "Modality"),
        intent=describe.intent(header),
        view=describe.view(header),
        laterality=describe.laterality(header),
        body_part=describe.word(header, "BodyPartExamined"),
        orientation=read_orientation(header),
        sex=describe.sex(header),
        age_years=clean.age_years,
        device=describe.device(header),
        pixel_spacing=scale.spacing,
        spacing_kind=scale.kind,
        pixel_aspect=scale.aspect,
        indication=indication,
        study_day=clean.study_day,
        burned_in=describe.burned_in(header),
    )
