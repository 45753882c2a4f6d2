"""Limiting one retained value to what its value representation allows (PS3.5 6.2), or removing it.

An attribute on the allow list must not become a hiding place: a name in Rows or in View Position does not get through.

A value that plainly passes is not parsed: `unchanged` leaves it as it stands in the file. It recognises the usual values by
their bytes; `cleaned` decides on all others.
"""

import math
import re
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.valuerep import format_number_as_ds

from . import icc
from .lookup_table import read_words, words_taken
from .raw_element import IN_CHARACTER_SET, Element
from .refusal import MALFORMED, Refused

CODE_STRING = re.compile(r"[A-Z0-9_ ]{1,16}")
DECIMAL_NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?"
DECIMAL = re.compile(rf"(?=.{{1,16}}$){DECIMAL_NUMBER}")
INTEGER = re.compile(r"[+-]?[0-9]{1,12}")
LONGEST_TEXT = 64

Cleaner = Callable[[Any], Any]


def _code(value: Any) -> str:
    text = str(value).strip().upper()
    return text if CODE_STRING.fullmatch(text) else ""


def _text(value: Any) -> str:
    text = str(value).strip()
    return text if len(text) <= LONGEST_TEXT and text.isprintable() else ""


def _decimal(value: Any) -> str:
    text = str(value).strip()
    if DECIMAL.fullmatch(text):
        return text
    return format_number_as_ds(float(value)) if math.isfinite(float(value)) else ""


def _integer(value: Any) -> str:
    text = str(value).strip()
    return text if INTEGER.fullmatch(text) else ""


def _number(value: Any) -> Any:
    if isinstance(value, int | float) and math.isfinite(value):
        return value
    raise ValueError("not a number")


def _float(value: Any) -> float:
    return float(value)  # not a number and infinity are padding like any other (PS3.3 C.7.5.1.1.2, CP 2352)


def _bulk(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    return _number(value)


CLEANERS: dict[str, Cleaner] = {
    "CS": _code,
    "LO": _text,
    "SH": _text,
    "DS": _decimal,
    "IS": _integer,
    "US": _number,
    "SS": _number,
    "FD": _number,
    "FL": _number,
    "OB": _bulk,
    "OW": _bulk,
}


TABLES = re.compile(r"LUT(Descriptor|Data)|(Segmented)?(Red|Green|Blue)PaletteColorLookupTable(Descriptor|Data)")
LONGEST_SHORT = 65534  # bytes that the length of a US can count
# What decides on the value of every pixel. A file that says it unreadably must not be read as one that does not say it.
PADDING = frozenset({"PixelPaddingValue", "PixelPaddingRangeLimit"})
FLOAT_PADDING = frozenset(
    f"{kind}PixelPadding{end}" for kind in ("Float", "DoubleFloat") for end in ("Value", "RangeLimit")
)
DECIDING = PADDING | FLOAT_PADDING | {"RescaleSlope", "RescaleIntercept"}


BY_KEYWORD: dict[str, Cleaner] = {"ICCProfile": icc.without_texts, **dict.fromkeys(FLOAT_PADDING, _float)}


def _values(first: str, further: str) -> re.Pattern[bytes]:
    """One value or several, and the space that makes their length even."""
    return re.compile(rf"{first}(\\{further})* ?".encode())


_WORD = "[A-Z0-9_]([A-Z0-9_ ]{0,14}[A-Z0-9_])?"
_PRINTABLE = r"[!-\[\]-~]([ -\[\]-~]{0,62}[!-\[\]-~])?"  # without the backslash, which parts values
_DECIMAL = rf"(?![0-9eE.+-]{{17}}){DECIMAL_NUMBER}"
_NUMBERS = re.compile(b".+", re.DOTALL)
# Values that `cleaned` and pydicom (3.0.2) give back byte for byte, by their value representation
PLAIN = {
    "CS": _values(_WORD, f"({_WORD})?"),
    "LO": _values(_PRINTABLE, f"({_PRINTABLE})?"),
    "SH": _values(_PRINTABLE, f"({_PRINTABLE})?"),
    "DS": _values(_DECIMAL, _DECIMAL),
    "IS": _values(INTEGER.pattern, INTEGER.pattern),
    "US": _NUMBERS,
    "SS": _NUMBERS,
}
LONGEST_PLAIN = 1024  # bytes, far below what a length of two bytes can say


@cache
def _plain_vr(tag: int) -> str:
    """The value representation of an attribute that may stay `unchanged`, "" for every other one."""
    vr = str(dictionary_VR(tag))
    if vr in PLAIN and keyword_for_tag(tag) not in BY_KEYWORD:
        return vr
    return ""


def unchanged(element: Element, *, ascii_texts: bool) -> RawDataElement | None:
    """`element` with its value as it lies in the file, where that plainly is what `cleaned` would give; else None.

    `ascii_texts`: whether ASCII means itself in the character set of its data set.
    """
    if not isinstance(element, RawDataElement):
        return None
    vr = _plain_vr(int(element.tag))
    value = element.value
    if not vr or element.VR not in (vr, None) or (vr in IN_CHARACTER_SET and not ascii_texts):
        return None
    if not value or len(value) % 2 or len(value) > LONGEST_PLAIN or not PLAIN[vr].fullmatch(value):
        return None
    if element.VR:
        return element
    return element._replace(VR=vr)


def cleaned(dataset: Dataset, tag: int, *, little_endian: bool) -> DataElement | None:
    """The element `tag` of `dataset` with a clean value, or None where it is absent or its value is not valid.

    Raises Refused where an invalid value would change how pixels are read.
    """
    keyword = keyword_for_tag(tag)
    if TABLES.fullmatch(keyword):
        return _cleaned_table(dataset, tag, keyword, little_endian=little_endian)
    try:
        element = dataset[tag]
        if _is_empty(element.value):
            return None
        proper = dictionary_VR(tag).split(" or ")
        vr = element.VR if element.VR in proper else proper[0]
        if keyword in PADDING and isinstance(element.value, bytes):
            (value,) = map(int, read_words(dataset, keyword, little_endian=little_endian))
        else:
            value = _cleaned_value(element.value, BY_KEYWORD.get(keyword) or CLEANERS[vr])
    except Refused:
        if keyword == "ICCProfile" and str(dataset.get("PhotometricInterpretation")).startswith("MONOCHROME"):
            return None  # it says nothing of grey values (PS3.3 C.11.15)
        raise
    except MALFORMED:
        value = None  # what cannot be read cannot be vouched for
    if not _is_empty(value):
        return DataElement(tag, vr, value)
    if keyword in DECIDING:
        raise Refused("attribute", f"{keyword} is no number.")
    return None


def _cleaned_value(value: Any, clean: Cleaner) -> Any:
    if isinstance(value, MultiValue | list):
        return [clean(part) for part in value]
    return clean(value)


def _is_empty(value: Any) -> bool:
    if isinstance(value, MultiValue | list):
        return not any(part not in ("", None) for part in value)
    return value in ("", b"", None) or (isinstance(value, str) and not value.strip())


def _cleaned_table(dataset: Dataset, tag: int, keyword: str, *, little_endian: bool) -> DataElement | None:
    """A lookup table's descriptor as three numbers, its entries as numbers or, where there are many, as OW."""
    element = dataset[tag]
    try:
        words = read_words(dataset, keyword, little_endian=little_endian)
        if not keyword.endswith("Descriptor"):
            words = words[: _words_taken(dataset, keyword, little_endian=little_endian)]
    except Refused:
        return None
    if keyword.endswith("Descriptor"):
        if len(words) != 3:
            return None
        if element.VR == "SS":
            return DataElement(tag, "SS", words.view(np.int16).tolist())
        return DataElement(tag, "US", words.tolist())
    if not len(words):
        return None
    if dictionary_VR(tag) == "US or OW" and element.VR == "US" and words.nbytes <= LONGEST_SHORT:
        return DataElement(tag, "US", words.tolist())
    order = "<" if little_endian else ">"
    return DataElement(tag, "OW", words.astype(f"{order}u2").tobytes())


def _words_taken(dataset: Dataset, keyword: str, *, little_endian: bool) -> int:
    plain = keyword.removeprefix("Segmented")
    return words_taken(
        dataset,
        plain.removesuffix("Data") + "Descriptor",
        keyword,
        segmented=keyword != plain,
        little_endian=little_endian,
    )
