"""Lookup tables of DICOM: Modality LUT, VOI LUT and Palette Color LUT (PS3.3 C.11.1.1, C.11.2.1.1, C.7.6.3.1.5, C.7.9.2).

Files write the three numbers of a descriptor as US or SS and the entries as US, SS, OW, OB or UN; 8-bit entries lie two
in a word or one in a word, in either byte order. All of these are read alike.
"""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from .refusal import Refused

MOST_ENTRIES = 65536  # a descriptor says 0 for so many
MOST_WORDS_AN_ENTRY = 4  # in a segmented table: an indirect segment for a single one
BITS = range(8, 17)
Numbers = np.ndarray[Any, np.dtype[np.uint16]]
Range = tuple[int, int]


@dataclass(frozen=True)
class LookupTable:
    """`entries`: uint16 [n], of `bits` bits, 8 to 16; the first one is for the value `first` and all below it."""

    first: int
    entries: Numbers
    bits: int

    def __call__(self, values: np.ndarray[Any, Any]) -> Numbers:
        """The entry of each of these whole numbers; those outside the table get its first or its last entry."""
        places = np.clip(values.astype(np.int64) - self.first, 0, len(self.entries) - 1)
        return np.asarray(self.entries[places])


@dataclass(frozen=True)
class Descriptor:
    """How many entries, the number of the first value as it is written (0 to 65535), and the bits of an entry."""

    count: int
    first: int
    bits: int


def read_table(
    item: Dataset, descriptor: str, data: str, *, possible: Range, little_endian: bool, segmented: str = ""
) -> LookupTable:
    """The table in two attributes of `item`. `possible`: the lowest and highest value that may be looked up.

    Raises Refused where an attribute is missing, says nothing usable, or the table is shorter than its descriptor says.
    """
    stated = read_descriptor(item, descriptor, little_endian=little_endian)
    if data in item or not segmented:
        entries = _entries(item, data, stated.count, little_endian=little_endian)
    else:
        words = read_words(item, segmented, little_endian=little_endian)
        entries, _taken = _expanded(words, segmented, stated)
    if len(entries) < stated.count:
        raise Refused("attribute", f"{data} holds {len(entries)} entries; {descriptor} speaks of {stated.count}.")
    entries = entries[: stated.count]
    return LookupTable(first_value(stated.first, possible), entries, max(stated.bits, bits_used(entries)))


def words_taken(item: Dataset, descriptor: str, data: str, *, segmented: bool, little_endian: bool) -> int:
    """How many 16-bit words of `data` hold the table's entries. What follows them is not stored.

    0 where that cannot be told: the descriptor cannot be read, or it speaks of bytes and there are too many words for one
    byte each and too few for one word each. Raises Refused where `data` holds no numbers.
    """
    words = read_words(item, data, little_endian=little_endian)
    try:
        stated = read_descriptor(item, descriptor, little_endian=little_endian)
        if segmented:
            return _expanded(words, data, stated)[1]
    except Refused:
        return 0
    half = (stated.count + 1) // 2
    if stated.bits == 8 and half < len(words) < stated.count:
        return 0
    return min(len(words), stated.count)


def bits_used(*tables: Numbers) -> int:
    """How many bits the largest entry needs, 1 at least; some files state more bits than they fill, others fewer."""
    return max(1, *(int(entries.max(initial=0)).bit_length() for entries in tables))


def read_descriptor(item: Dataset, keyword: str, *, little_endian: bool) -> Descriptor:
    """Raises Refused."""
    words = read_words(item, keyword, little_endian=little_endian)
    if len(words) != 3 or int(words[2]) not in BITS:
        raise Refused("attribute", f"{keyword} does not describe a table of 8- to 16-bit entries.")
    count, first, bits = map(int, words)
    return Descriptor(count or MOST_ENTRIES, first, bits)


def first_value(written: int, possible: Range) -> int:
    """The first value mapped, from its 16 bits: as a signed number where only that is a possible value.

    The value representation does not tell (C.11.2.1.1 makes it depend on what is looked up, and files disagree).
    """
    low, high = possible
    if written < 32768:
        return written
    as_signed = written - 65536
    fits = written <= high
    signed = low <= as_signed
    if signed == fits:  # both are possible values, or neither is
        signed = low < 0
    return as_signed if signed else written


def read_words(item: Dataset, keyword: str, *, little_endian: bool) -> Numbers:
    """The 16-bit words of an attribute, whatever its value representation. Raises Refused."""
    value, order = _raw(item, keyword, little_endian=little_endian)
    if isinstance(value, bytes):
        return np.frombuffer(value[: len(value) // 2 * 2], f"{order}u2").astype(np.uint16)
    try:
        return (np.atleast_1d(np.asarray(value, dtype=np.int64)) % 65536).astype(np.uint16)
    except (TypeError, ValueError, OverflowError) as error:
        raise Refused("attribute", f"{keyword} holds no numbers.") from error


def _raw(item: Dataset, keyword: str, *, little_endian: bool) -> tuple[Any, str]:
    """The value of an attribute as bytes where the file has not been taken apart yet, and their byte order."""
    if keyword not in item:
        raise Refused("attribute", f"{keyword} is missing.")
    element = item.get_item(keyword)
    if isinstance(element, RawDataElement):
        value = element.value or b""
        little_endian = element.is_little_endian
    else:
        value = element.value
    return value, "<" if little_endian or element.VR == "OB" else ">"  # single bytes are never swapped


def _entries(item: Dataset, keyword: str, count: int, *, little_endian: bool) -> Numbers:
    """The entries as numbers, one word each, or two in a word where there are exactly half as many words."""
    words = read_words(item, keyword, little_endian=little_endian)
    if len(words) == (count + 1) // 2 < count:
        return _bytes_of(words)
    return words


def _bytes_of(words: Numbers) -> Numbers:
    """8-bit entries out of words: the less significant byte comes first (PS3.5 8.1.1)."""
    return words.astype("<u2").view(np.uint8).astype(np.uint16)


def _expanded(words: Numbers, keyword: str, stated: Descriptor) -> tuple[Numbers, int]:
    """A segmented table written out (PS3.3 C.7.9.2), and how many of its words that takes. Raises Refused."""
    wide = stated.bits > 8
    words = words[: MOST_WORDS_AN_ENTRY * stated.count]
    if not wide:
        words = _bytes_of(words)
    try:
        entries, taken = _segments(words.tolist(), stated.count, wide=wide)
        if not wide:
            taken = (taken + 1) // 2
        return np.asarray(entries[: stated.count], dtype=np.uint16), taken
    except (IndexError, OverflowError) as error:
        raise Refused("attribute", f"{keyword} does not follow the rules of segmented tables.") from error


def _segments(code: list[int], count: int, *, wide: bool) -> tuple[list[int], int]:
    """The entries of the segments in `code`, up to `count` of them, and how much of `code` was read for them.

    Raises IndexError where they break off.
    """
    entries: list[int] = []
    at = taken = 0
    while len(entries) < count and at + 2 <= len(code):
        if code[at] == INDIRECT:
            times = code[at + 1]
            place = _place(code, at + 2, wide=wide)
            at += 4 if wide else 6
            for _ in range(times):
                place = _segment(code, place, entries, count)
                taken = max(taken, place)
                if len(entries) >= count:
                    break
        else:
            at = _segment(code, at, entries, count)
        taken = max(taken, at)
    return entries, taken


DISCRETE, LINEAR, INDIRECT = 0, 1, 2


def _segment(code: list[int], at: int, entries: list[int], count: int) -> int:
    """Append the entries of the discrete or linear segment at `at`; returns where the next one lies.

    Of a discrete segment no more is read than `count` entries need.
    """
    kind = code[at]
    length = code[at + 1]
    if kind == DISCRETE:
        length = min(length, count - len(entries))
        values = code[at + 2 : at + 2 + length]
        if len(values) < length:
            raise IndexError
        entries.extend(values)
        return at + 2 + length
    if kind != LINEAR or not entries:
        raise IndexError
    start = entries[-1]
    end = code[at + 2]
    entries.extend(round(start + (end - start) * step / length) for step in range(1, length + 1))
    return at + 3


def _place(code: list[int], at: int, *, wide: bool) -> int:
    """Where an indirect segment leads to: a byte offset of 32 bits, its less significant word first."""
    if wide:
        return (code[at] | code[at + 1] << 16) // 2
    low, high = struct.unpack("<HH", bytes(code[at : at + 4]))
    return int(low | high << 16)
