"""Hostile bytes in, a de-identified original and its facts out. Runs in the child only."""

import struct
from collections.abc import Callable

from .dicom_file import clean_dicom
from .identity import Named, StandIns
from .intake_parts import IntakeParts
from .limits import Limits
from .part10 import is_part10
from .picture import clean_picture, picture_kind
from .refusal import Refused

# How DICOM begins that has lost its preamble or its meta information: a tag of group 2 or 8, in either byte order
FIRST_TAGS = {struct.pack(f"{order}HH", group, element) for order in "<>" for group in (2, 8) for element in range(24)}


def clean_file(content: bytes, stand: Callable[[Named], StandIns], limits: Limits) -> IntakeParts:
    """Check, de-identify and describe one file of any kind that is taken. Raises Refused."""
    if is_part10(content):
        return clean_dicom(content, stand, limits)
    if kind := picture_kind(content):
        return clean_picture(content, kind, limits)
    if content[:4] in FIRST_TAGS:
        raise Refused("headless", "DICOM data without the 128-byte preamble and the prefix DICM.")
    raise Refused("not_an_image", "The file is neither DICOM nor PNG nor JPEG.")
