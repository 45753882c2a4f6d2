"""Opening a DICOM file (PS3.10) as far as its pixel data, and no further."""

import zlib
from dataclasses import dataclass
from io import BytesIO

from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
from pydicom.uid import UID, DeflatedExplicitVRLittleEndian, ExplicitVRLittleEndian

from .codecs import is_read
from .limits import Limits
from .pixel_element import PIXEL_TAGS, UNDEFINED, PixelElement
from .raw_element import elements, text_in
from .refusal import Refused, refusing

PREFIX = b"DICM"
PREFIX_AT = 128


@dataclass(frozen=True)
class Part10:
    """A parsed header and the place of the pixel data.

    `body` is what `pixels` points into: the file itself, or the inflated data set of a deflated file. `syntax` is the
    transfer syntax of `body`, so never the deflated one.
    """

    header: Dataset
    body: bytes
    pixels: PixelElement
    syntax: UID
    sop_class: str


def is_part10(content: bytes) -> bool:
    return content[PREFIX_AT : PREFIX_AT + 4] == PREFIX


def read_part10(content: bytes, limits: Limits) -> Part10:
    """Parse everything before the pixel data. Raises Refused for anything that is not a readable DICOM image."""
    stream = BytesIO(content)
    stream.seek(PREFIX_AT + len(PREFIX))
    with refusing("unreadable", "The file meta information could not be parsed."):
        meta = read_dataset(stream, False, True, stop_when=lambda tag, _vr, _length: tag.group != 2)
        syntax = UID(_uid(meta, "TransferSyntaxUID"))
        sop_class = _uid(meta, "MediaStorageSOPClassUID")
    _check_syntax(syntax)
    body = content
    if syntax == DeflatedExplicitVRLittleEndian:
        body = inflate(content[stream.tell() :], limits.inflated_bytes)
        syntax = ExplicitVRLittleEndian
        stream = BytesIO(body)
    header, pixels = _read_header(stream, syntax)
    if _nests_deeper(header, limits.depth):
        raise Refused("nesting", f"Sequences are nested more than {limits.depth} deep.")
    return Part10(header, body, pixels, syntax, sop_class)


def _uid(meta: Dataset, keyword: str) -> str:
    text = text_in(meta, keyword)
    return str(meta.get(keyword) or "") if text is None else text


def inflate(data: bytes, most: int) -> bytes:
    """Raw deflate (PS3.5 A.5) with a bound on what comes out."""
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    with refusing("deflate", "The deflated data set does not inflate."):
        plain = machine.decompress(data, most + 1)
    if len(plain) > most:
        raise Refused("too_large", f"The deflated data set inflates to more than {most} bytes.")
    if not machine.eof:
        raise Refused("truncated", "The deflated data set ends early.")
    return plain


def _check_syntax(syntax: UID) -> None:
    if not syntax:
        raise Refused("transfer_syntax", "The file does not name its transfer syntax (Transfer Syntax UID).")
    if not is_read(syntax):
        name = "an unknown one"
        if syntax.is_transfer_syntax and not syntax.is_private:
            name = syntax.name
        raise Refused("transfer_syntax", f"The transfer syntax (Transfer Syntax UID) is not read here: {name}.")


def _read_header(stream: BytesIO, syntax: UID) -> tuple[Dataset, PixelElement]:
    found: list[PixelElement] = []

    def at_pixels(tag: BaseTag, vr: str | None, length: int) -> bool:
        if tag not in PIXEL_TAGS:
            return False
        found.append(PixelElement(int(tag), str(vr or ""), stream.tell(), length))
        return True

    try:
        with refusing("unreadable", "The data set could not be parsed."):
            header = read_dataset(stream, syntax.is_implicit_VR, syntax.is_little_endian, stop_when=at_pixels)
    except RecursionError as error:
        raise Refused("nesting", "Sequences are nested deeper than any image needs.") from error
    _check_whole(header)
    if not found:
        raise Refused("no_pixels", "The object holds no image: it has no Pixel Data.")
    return header, found[-1]


def _check_whole(header: Dataset) -> None:
    """A last element whose value is shorter than its length: the file was cut short, or the length is wrong."""
    last = next(reversed(header._dict.values()), None)
    if (
        isinstance(last, RawDataElement)
        and isinstance(last.value, bytes)
        and len(last.value) < last.length != UNDEFINED
    ):
        raise Refused("truncated", f"The file ends inside attribute {last.tag}, before any Pixel Data.")


def _nests_deeper(dataset: Dataset, depth: int) -> bool:
    """Whether sequences that were parsed nest more than `depth` deep; those still unparsed are never opened."""
    for element in elements(dataset):
        if not isinstance(element, DataElement) or element.VR != "SQ":
            continue
        if depth == 0 or any(_nests_deeper(item, depth - 1) for item in element.value):
            return True
    return False
