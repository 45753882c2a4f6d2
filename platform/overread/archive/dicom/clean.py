"""Making one kept value say only what its value representation allows (PS3.5 6.2), or nothing.

An attribute that stays is no hiding place: a name in Rows or in View Position does not pass its cleaner.
"""

import math
import re
from collections.abc import Callable
from typing import Any

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue
from pydicom.valuerep import format_number_as_ds

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
    "OW": _bulk,
    "OV": _bulk,
}


def cleaned(dataset: Dataset, tag: int) -> DataElement | None:
    """The element `tag` of `dataset` with a clean value, or None where it is absent or says something improper."""
    try:
        element = dataset[tag]
        proper = dictionary_VR(tag).split(" or ")
        vr = element.VR if element.VR in proper else proper[0]
        clean = CLEANERS[vr]
        several = isinstance(element.value, MultiValue | list)
        value = [clean(part) for part in element.value] if several else clean(element.value)
    except (KeyError, ValueError, TypeError, OverflowError, AttributeError, NotImplementedError):
        return None  # what cannot be read cannot be vouched for
    if value in ("", b"", None) or (several and not any(part != "" for part in value)):
        return None
    return DataElement(element.tag, vr, value)
