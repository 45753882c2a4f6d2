"""What of a received DICOM file's identity is left in the stored one. Knows nothing of how Overread searches."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from pydicom import dcmread

from overread.archive.dicom.allow_list import ALLOWED

PIXEL_DATA = b"\xe0\x7f\x10\x00"
IDENTIFYING = {"PN", "LO", "SH", "LT", "ST", "UT", "UC", "DA", "DT", "AE"}
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
SHORTEST = 4  # characters that are looked for in the header
RARE = 7  # characters from which noise does not spell a text by accident


def leaks(received: bytes, stored: bytes) -> list[str]:
    """Tags of removed attributes a text of which is left, unless one that stays (the manufacturer's) says the same."""
    said = " ".join(str(element.value) for element in dcmread(BytesIO(stored)).iterall() if element.tag in ALLOWED)
    everything = stored.lower()
    header = everything[: everything.rindex(PIXEL_DATA)] if PIXEL_DATA in everything else everything
    found = [] if b"exif\0\0" not in everything else ["EXIF"]
    for tag, text in _identifying(received):
        if len(text) < SHORTEST or text in said:
            continue
        where = everything if len(text) >= RARE else header
        if any(form in where for form in _forms(text)):
            found.append(tag)
    return found


def _identifying(received: bytes) -> Iterator[tuple[str, str]]:
    for element in dcmread(BytesIO(received)).iterall():
        if element.tag not in ALLOWED and element.VR in IDENTIFYING:
            for text in str(element.value).split("\\"):
                yield str(element.tag), text


def _forms(text: str) -> set[bytes]:
    return {text.lower().encode(encoding, "ignore") for encoding in ENCODINGS} - {b""}
