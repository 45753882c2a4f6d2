"""Making one kept value say only what its value representation allows (PS3.5 6.2), or nothing.

An attribute that stays is no hiding place: a name in Rows or in View Position does not pass its cleaner.
"""

import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.valuerep import format_number_as_ds

from . import icc
from .lookup_table import read_words, words_taken
from .refusal import MALFORMED, Refused

CODE_STRING = re.compile(r"[A-Z0-9_ ]{1,16}")
DECIMAL = re.compile(r"(?=.{1,16}$)[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
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
    return bytes(value) if isinstance(value, bytes | bytearray) else _number(value)


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


def cleaned(dataset: Dataset, tag: int, *, little_endian: bool) -> DataElement | None:
    """The element `tag` of `dataset` with a clean value, or None where it is absent or says something improper.

    Raises Refused where something improper decides on the pixels' values.
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
    return [clean(part) for part in value] if isinstance(value, MultiValue | list) else clean(value)


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
        signed = element.VR == "SS"
        return DataElement(
            tag, element.VR if signed else "US", [int(word) for word in (words.view(np.int16) if signed else words)]
        )
    if not len(words):
        return None
    if dictionary_VR(tag) == "US or OW" and element.VR == "US" and words.nbytes <= LONGEST_SHORT:
        return DataElement(tag, "US", [int(word) for word in words])
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
