"""Looking for words that name the patient in bytes that are about to be stored.

Pixel data are full of bytes that look like letters, and short names occur in them by accident. So a find only counts
where accident does not explain it: where bytes with the same pair frequencies would hold the word less than once in a
million files.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

BY_ACCIDENT = 1e-6  # finds in a file, above which a find says nothing
SHORTEST = 4  # characters, and bytes of a form
SHORTEST_NUMBER = 6  # digits
LONGEST = 64
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
EXIF = b"Exif\0\0"
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Word:
    """A text to look for, and the bytes it may be written with, ASCII letters in lower case."""

    text: str
    forms: frozenset[bytes]


def word(text: str, raw: bytes = b"") -> Word | None:
    """`text` in UTF-8, Latin-1, UTF-16 of both byte orders, and in `raw`, as the file has it; None for too short a one."""
    text = text.strip()[:LONGEST]
    if len(text) < (SHORTEST_NUMBER if text.isdigit() else SHORTEST):
        return None
    forms = {raw.strip()[:LONGEST]}
    for variant in {text} if text.isascii() else {text, text.upper(), text.lower()}:
        forms |= {variant.encode(name) for name in ENCODINGS if _says_all(variant, name)}
    return Word(text, frozenset(form.lower() for form in forms if len(form) >= SHORTEST))


def _says_all(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


EXIF_HEADER = Word("EXIF", frozenset({EXIF.lower()}))


def found_in(piece: bytes | memoryview, words: Iterable[Word]) -> Iterator[str]:
    """The texts of `words` that stand in the bytes, and not by accident. Case does not count."""
    texts = {form: each.text for each in words for form in each.forms}
    data = np.frombuffer(piece, np.uint8)
    for form, places in _places(data, texts.keys()).items():
        if _expected(data, form, places) < BY_ACCIDENT:
            yield texts[form]


def _places(data: Bytes, forms: Iterable[bytes]) -> dict[bytes, list[int]]:
    """Where each form stands. Bytes are looked up in pairs, so that the cost hardly grows with the number of forms."""
    by_head: dict[bytes, list[bytes]] = {}
    for form in forms:
        by_head.setdefault(form[:SHORTEST], []).append(form)
    found: dict[bytes, list[int]] = {}
    for place in _candidates(data, by_head):
        here = data[place : place + 2 * LONGEST].tobytes().lower()
        for form in by_head.get(here[:SHORTEST], ()):
            if here.startswith(form):
                found.setdefault(form, []).append(place)
    return found


def _candidates(data: Bytes, heads: Iterable[bytes]) -> Iterator[int]:
    """Places where the first two pairs of bytes are each the first or second pair of some head, in any case."""
    first, second = _pairs(head[:2] for head in heads), _pairs(head[2:] for head in heads)
    for odd in (0, 1):
        even_length = max(0, len(data) - odd) // 2 * 2
        pairs = data[odd : odd + even_length].view("<u2")
        at = np.flatnonzero(first[pairs[:-1]])
        for place in at[second[pairs[at + 1]]].tolist():
            yield 2 * place + odd


def _pairs(pairs: Iterable[bytes]) -> Flags:
    """bool [65536]: True for each of these pairs of bytes, read as little-endian numbers, in any case."""
    table = np.zeros(65536, bool)
    for pair in pairs:
        for low in {*pair[:1], *pair[:1].upper()}:
            for high in {*pair[1:], *pair[1:].upper()}:
                table[low | high << 8] = True
    return table


def _expected(data: Bytes, form: bytes, places: list[int]) -> float:
    """How often bytes that follow each other as often as those in `data` would hold the form by accident.

    What was found is left out of the frequencies. A pair that never occurs counts as if each byte came independently.
    """
    lower = np.frombuffer(data.tobytes().lower(), np.uint8)
    pairs = np.bincount(lower[:-1].astype(np.int64) << 8 | lower[1:], minlength=65536)
    for place in places:
        for at in range(max(0, place - 1), min(place + len(form), len(lower) - 1)):
            pairs[int(lower[at]) << 8 | int(lower[at + 1])] -= 1
    follows = np.maximum(pairs, 0).reshape(256, 256)
    singles = follows.sum(axis=1)
    shares = (singles + 1 / 256) / (singles.sum() + 1)
    expected = float(shares[form[0]] * len(lower))
    for before, after in zip(form, form[1:], strict=False):
        expected *= float((follows[before, after] + shares[after]) / (singles[before] + 1))
    return expected
