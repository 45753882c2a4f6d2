"""Elements as they lie in a file, and the encoding of a data set that holds them (PS3.5 7.1).

pydicom (3.0.2) reads RawDataElements and converts each when its value is asked for. Most values are stored as they were
received, and converting them only to encode them again was most of the work of receiving a file.
"""

import re
import struct
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeAlias

from pydicom.charset import python_encoding
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element
from pydicom.multival import MultiValue
from pydicom.tag import BaseTag
from pydicom.uid import UID

CHARACTER_SET = "ISO_IR 192"  # of every data set that is written: UTF-8
ASCII = bytes(range(0x20, 0x7F))
ASCII_SETS = frozenset(name for name in python_encoding.values() if ASCII.decode(name) == ASCII.decode("ascii"))
PRINTABLE = re.compile(rb"[!-\[\]-~][ -\[\]-~]*")  # without the backslash, which parts values
PRINTABLES = re.compile(rb"[ -~]+")
IN_CHARACTER_SET = frozenset({"LO", "SH"})
TEXTS = IN_CHARACTER_SET | {"CS", "UI", "DA", "AS"}
LISTS = frozenset({"CS", "DS"})  # several values, of plain ASCII
NUMBERS = {"US": "H", "SS": "h"}
ITEM = 0xFFFEE000

Element: TypeAlias = DataElement | RawDataElement


def elements(dataset: Dataset) -> Iterator[Element]:
    """All of a data set, raw where nobody has asked for the value. One without a value is converted, as by pydicom."""
    for tag, element in list(dataset.items()):
        if isinstance(element, RawDataElement) and element.value is None:
            yield dataset[tag]
        else:
            yield element


def raw_in(dataset: Dataset, keyword: str) -> RawDataElement | None:
    """An attribute with a value that nobody has asked for; None for every other one."""
    element = dataset.get_item(_tag_and_vr(keyword)[0], keep_deferred=True)
    return element if isinstance(element, RawDataElement) and element.value is not None else None


def number_in(dataset: Dataset, keyword: str) -> int | None:
    """One number of 16 bits without a sign, read without converting the element; None where pydicom has to do it."""
    raw = raw_in(dataset, keyword)
    if raw is None or raw.VR != "US" or not raw.value or len(raw.value) != 2:
        return None
    return int.from_bytes(raw.value, "little" if raw.is_little_endian else "big")


def text_in(dataset: Dataset, keyword: str) -> str | None:
    """One text of printable ASCII, read without converting the element; None where pydicom has to do it."""
    raw = raw_in(dataset, keyword)
    if raw is None or raw.VR not in TEXTS or not raw.value:
        return None
    value = raw.value.rstrip(b"\0") if raw.VR == "UI" else raw.value
    if not PRINTABLE.fullmatch(value):
        return None
    if raw.VR in IN_CHARACTER_SET and not means_ascii(dataset):
        return None
    return str(value, "ascii").rstrip()


def values_in(dataset: Dataset, keyword: str) -> Any:
    """The values of an attribute, texts or numbers: texts where the file has plain ASCII, read without converting the
    element, and what pydicom makes of it where not. None where there are none.
    """
    raw = raw_in(dataset, keyword)
    if raw is not None and raw.VR in LISTS and raw.value and PRINTABLES.fullmatch(raw.value):
        return str(raw.value, "ascii").split("\\")
    return dataset.get(keyword)


def is_empty(element: Element) -> bool:
    """Whether the element lies in the file without a value. One that was converted is asked for its value instead."""
    return isinstance(element, RawDataElement) and element.value == b""


def means_ascii(dataset: Dataset) -> bool:
    """Whether printable ASCII without escapes means itself in the texts of a data set that was read (PS3.5 6.1.2)."""
    names = dataset.original_character_set
    return (names if isinstance(names, str) else names[0]) in ASCII_SETS


def raw_element(keyword: str, value: str | int, *, little_endian: bool) -> RawDataElement:
    """An attribute of one value: a number where its value representation is US, else a text."""
    tag, vr = _tag_and_vr(keyword)
    if vr in NUMBERS:
        encoded = struct.pack(f"{_order(little_endian)}{NUMBERS[vr]}", value)
    else:
        encoded = str(value).encode()
        encoded += (b"\0" if vr == "UI" else b" ") * (len(encoded) % 2)
    return RawDataElement(tag, vr, len(encoded), encoded, 0, False, little_endian)


@cache
def _tag_and_vr(keyword: str) -> tuple[BaseTag, str]:
    tag = tag_for_keyword(keyword)
    assert tag is not None
    return BaseTag(tag), str(dictionary_VR(tag))


def values(element: Element) -> list[str]:
    """Each value as a text; of bytes, such as a table or a profile, none."""
    if isinstance(element, RawDataElement):
        raw = element.value or b""
        if element.VR not in NUMBERS:
            return raw.decode().rstrip("\0 ").split("\\")
        numbers = f"{_order(element.is_little_endian)}{len(raw) // 2}{NUMBERS[element.VR]}"
        return list(map(str, struct.unpack(numbers, raw)))
    value = element.value
    if value is None or isinstance(value, bytes):
        return []
    return list(map(str, value)) if isinstance(value, MultiValue | list) else [str(value)]


def text_of(element: Element) -> str:
    """The value as text; several in brackets and quotes, as `str` has those that pydicom converted."""
    several = values(element)
    return str(several) if len(several) > 1 else "".join(several)


def encoded(dataset: Dataset, syntax: UID) -> bytes:
    """`dataset` in the transfer syntax `syntax`, byte for byte as pydicom's `write_dataset` gives it, in a fifth of the time.

    Its raw elements have to be in the byte order of `syntax`, and of a VR whose length takes two bytes.
    """
    return b"".join(_encoded(dataset, _order(syntax.is_little_endian), implicit=syntax.is_implicit_VR))


def _encoded(dataset: Dataset, order: str, *, implicit: bool) -> Iterator[bytes]:
    short, long = f"{order}HH2sH", f"{order}HH2sHI"
    for element in sorted(dataset.values(), key=_number):
        tag, vr = _number(element), str(element.VR)
        if vr == "SQ":
            value = b"".join(_items(element, order, implicit=implicit))
        elif isinstance(element, RawDataElement):
            value = element.value or b""
        else:
            yield _by_pydicom(element, order, implicit=implicit)
            continue
        if implicit:
            yield struct.pack(f"{order}HHI", tag >> 16, tag & 0xFFFF, len(value))
        elif vr == "SQ":
            yield struct.pack(long, tag >> 16, tag & 0xFFFF, b"SQ", 0, len(value))
        else:
            yield struct.pack(short, tag >> 16, tag & 0xFFFF, vr.encode(), len(value))
        yield value


def _items(sequence: DataElement, order: str, *, implicit: bool) -> Iterator[bytes]:
    for item in sequence.value:
        value = b"".join(_encoded(item, order, implicit=implicit))
        yield struct.pack(f"{order}HHI", ITEM >> 16, ITEM & 0xFFFF, len(value))
        yield value


def _by_pydicom(element: DataElement, order: str, *, implicit: bool) -> bytes:
    stream = DicomBytesIO()
    stream.is_implicit_VR, stream.is_little_endian = implicit, order == "<"
    write_data_element(stream, element, CHARACTER_SET)
    return bytes(stream.getvalue())


def _number(element: Element) -> int:
    """The tag; BaseTag compares in Python, which takes ten times as long."""
    return int(element.tag)


def _order(little_endian: bool) -> str:
    return "<" if little_endian else ">"
