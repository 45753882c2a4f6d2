"""Taking the metadata out of a JPEG without touching its compressed pixels (ITU-T T.81 Annex B)."""

import re
import struct

SOI, EOI, SOS, APP0, APP14, COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xEE, 0xFE
END_OF_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")  # neither a stuffed byte nor a restart marker
JFIF = b"JFIF\0\1\1\0\0\1\0\1\0\0"  # square pixels, no thumbnail
APP_OR_COM = {*range(APP0, 0xF0), COM}


def stripped(content: bytes) -> bytes | None:
    """The same JPEG without APPn and COM segments and without anything after its end.

    What decides the colours stays: an Adobe segment as it was, a JFIF segment as a bare one. None where the segments
    cannot be followed, in which case the pixels have to be encoded anew.
    """
    parts, at = [content[:2]], 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == EOI:
            return b"".join([*parts, b"\xff\xd9"])
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        parts.append(_kept(marker, content[at:end]))
        at = end
        if marker == SOS:
            match = END_OF_SCAN.search(content, at)
            if match is None:
                return None
            parts.append(content[at : match.start()])
            at = match.start()
    return b"".join([*parts, b"\xff\xd9"]) if content[at : at + 2] == b"\xff\xd9" else None


def _kept(marker: int, segment: bytes) -> bytes:
    if marker not in APP_OR_COM:
        return segment
    if marker == APP0 and segment[4:9] == b"JFIF\0":
        return b"\xff\xe0" + struct.pack(">H", 2 + len(JFIF)) + JFIF
    if marker == APP14 and segment[4:9] == b"Adobe":
        return b"\xff\xee\x00\x0e" + segment[4:16]
    return b""
