"""Searching bytes that are about to be stored for words that name the patient.

Pixel data are full of bytes that look like letters, and short names occur in them by chance. So a hit counts only where
chance does not explain it: where bytes with the same pair frequencies would hold the word less than once in a million files.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

BY_ACCIDENT = 1e-6  # finds in a file, above which a find says nothing
SHORTEST = 4  # characters, and bytes of a form
SHORTEST_NUMBER = 6  # digits
SHORTEST_FOREIGN = 2  # characters beyond ASCII, which take two bytes or more each
LONGEST = 64
STRETCH = 1 << 20  # bytes looked through at a time
SHORT = 2048  # bytes in which it is quicker to look form by form
MOST_CANDIDATES = 10_000  # in a stretch
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
PAIRS = 3  # looked up for each place
TABLE = np.arange(2 * PAIRS + 1) // 2  # for a pair that begins so far into a form
LOWER = np.frombuffer(bytes(range(256)).lower(), np.uint8)
UPPER = np.frombuffer(bytes(range(256)).upper(), np.uint8)
Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Places = np.ndarray[Any, np.dtype[np.intp]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True)
class Word:
    """A text to look for, and the bytes it may be written with, ASCII letters in lower case."""

    text: str
    forms: frozenset[bytes]


def word(text: str, raw: bytes = b"") -> Word | None:
    """`text` in UTF-8, Latin-1, UTF-16 of both byte orders, and in `raw`, as the file has it; None for one that says
    nothing: too short, or as flat areas and ramps of an image are.
    """
    text = text.strip()[:LONGEST]
    if len(text) < _shortest(text) or _is_even(text):
        return None
    forms = {raw.strip()[:LONGEST]}
    if text.isascii():
        forms.update((text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be")))
    else:
        for variant in {text, text.upper(), text.lower()}:
            forms.update(_encoded(variant))
    return Word(text, frozenset(form.lower() for form in forms if len(form) >= SHORTEST))


def _shortest(text: str) -> int:
    """How many characters of its kind say something."""
    if text.isdigit():
        return SHORTEST_NUMBER
    if text.isascii():
        return SHORTEST
    return SHORTEST_FOREIGN


def _is_even(text: str) -> bool:
    """Whether the steps from character to character are all alike. The one step of two characters tells that only where
    it is none, or one up or down.
    """
    step = ord(text[1]) - ord(text[0])
    if len(text) == SHORTEST_FOREIGN:
        return step in (-1, 0, 1)
    return all(ord(after) - ord(before) == step for before, after in pairwise(text))


def _encoded(text: str) -> Iterator[bytes]:
    """`text` in those of ENCODINGS that have all its characters."""
    for name in ENCODINGS:
        with suppress(UnicodeEncodeError):
            yield text.encode(name)


class Search:
    """A search for several words at once, in any case. What is common to all pieces of a file is done here, once."""

    def __init__(self, words: Iterable[Word]) -> None:
        self._texts = {form: each.text for each in words for form in each.forms}
        self._by_head: dict[bytes, list[bytes]] = {}
        for form in self._texts:
            self._by_head.setdefault(form[:SHORTEST], []).append(form)
        self._heads = np.sort(np.frombuffer(b"".join(self._by_head), "<u4"))
        self._tables = _pair_tables(list(self._texts))
        self._either = self._tables[0] | self._tables[1]

    def found_in(
        self, piece: bytes | memoryview, *, excused: Callable[[str], bool] = lambda _text: False
    ) -> Iterator[str]:
        """The texts of the words that occur in the bytes, not by chance, and are not `excused`."""
        data = np.frombuffer(piece, np.uint8)
        for form, places in self._places(data).items():
            text = self._texts[form]
            if not excused(text) and _expected(data, form, places) < BY_ACCIDENT:
                yield text

    def _places(self, data: Bytes) -> dict[bytes, list[int]]:
        """Where each form stands."""
        if len(data) <= SHORT:
            return self._searched(data.tobytes().lower())
        found: dict[bytes, list[int]] = {}
        for start in range(0, len(data), STRETCH):
            candidates = self._candidates(data[start : start + STRETCH + 2 * LONGEST])
            if len(candidates) > MOST_CANDIDATES:  # a pattern of the image begins like a form
                return self._searched(data.tobytes().lower())
            for place in (start + candidates[candidates < STRETCH]).tolist():
                here = data[place : place + 2 * LONGEST].tobytes().lower()
                for form in self._by_head.get(here[:SHORTEST], ()):
                    if here.startswith(form):
                        found.setdefault(form, []).append(place)
        return found

    def _searched(self, data: bytes) -> dict[bytes, list[int]]:
        """The same, form by form."""
        found: dict[bytes, list[int]] = {}
        for form in self._texts:
            place = data.find(form)
            while place >= 0 and len(found.get(form, ())) < MOST_CANDIDATES:
                found.setdefault(form, []).append(place)
                place = data.find(form, place + 1)
        return found

    def _candidates(self, data: Bytes) -> Places:
        """Where a form may stand. Bytes are looked up in pairs at even places, so that more forms cost hardly more:
        a form either begins there, or one place before. It takes two pairs, of which one has an even number: looking
        for either of them among these halves the work.
        """
        pairs = data[: len(data) // 2 * 2].view("<u2")
        seen = 2 * np.flatnonzero(self._either.take(pairs[::2]))
        last = np.arange(len(pairs) - 1, len(pairs))  # the second of its two pairs may be a lone byte
        at = np.sort(np.concatenate([seen - 1, seen, last[len(pairs) % 2 :]]))
        at = at[at >= 0]
        for further, table in enumerate(self._tables):
            at = at[table.take(pairs.take(at + further, mode="clip")) | (at + further >= len(pairs))]
        places = np.concatenate([2 * at, 2 * at[at > 0] - 1])
        return places[self._begins(data, places)]

    def _begins(self, data: Bytes, places: Places) -> Flags:
        """bool [n]: whether the bytes at each place are the first four of a form."""
        four = data.take(places[:, None] + np.arange(SHORTEST), mode="clip")
        heads = LOWER[four].view("<u4")[:, 0]
        found: Flags = self._heads.take(self._heads.searchsorted(heads), mode="clip") == heads
        return found


def _pair_tables(forms: Sequence[bytes]) -> Flags:
    """bool [PAIRS, 65536]: which pairs of bytes, read as little-endian numbers, may stand at an even place and at those
    that follow where a form begins there or one place before, in any case. Behind the end of a form comes anything.
    """
    tables = np.zeros((PAIRS, 256, 256), bool)  # second byte, first byte
    starts = np.frombuffer(b"".join(form[: len(TABLE)].ljust(len(TABLE), b"\0") for form in forms), np.uint8)
    cases = np.stack([starts, UPPER[starts]]).reshape(2, -1, len(TABLE))
    tables[TABLE[:-1], cases[:, None, :, 1:], cases[None, :, :, :-1]] = True
    for form in forms:
        for at in range(len(form) - 1, len(TABLE) - 1):
            last = list(form[at : at + 1] + form[at : at + 1].upper())
            tables[TABLE[at], :, last or slice(None)] = True
    return tables.reshape(PAIRS, -1)


def _expected(data: Bytes, form: bytes, places: list[int]) -> float:
    """How often bytes with the pair frequencies of `data` would hold the form by chance.

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
