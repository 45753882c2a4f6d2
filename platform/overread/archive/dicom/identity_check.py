"""The words of a header that name the patient, and the check that none of them is stored."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from .allow_list import ALLOWED, AllowList, tags
from .codecs import Piece, content_of, joined
from .identity_search import Search, Word, word
from .raw_element import elements, is_empty, text_of, values
from .refusal import Refused

NAMED = {"PN": re.compile(r"[\\^= ]+")}  # each part of a name is looked for by itself
LISTED = re.compile(r"\\")
EXIF = Word("Exif", frozenset({b"exif\0\0"}))
WORDS = re.compile(r"\w+")
LONG_NAME = 6  # characters; a shorter name may be part of another word
SHORT_NAME = 3
LONGEST_NUMBER = 32
SCRUBBED = frozenset({"LO", "SH", "CS"})
# What we wrote ourselves, and what the pixels cannot be read without
OURS = tags("""
    PatientID PhotometricInterpretation SpecificCharacterSet DeidentificationMethod PatientIdentityRemoved
    LongitudinalTemporalInformationModified NumberOfFrames RescaleSlope RescaleIntercept WindowCenter WindowWidth
    PixelSpacing ImagerPixelSpacing
""")
TEXTS = frozenset({"PN", "AE", "DA", "DT", "LO", "SH", "UI", "LT", "ST", "UT", "UC", "UN"})
NUMBERS = frozenset({"IS", "DS"})
WHOLE_NUMBER = re.compile(r"[+-]?([0-9]+)(\.0*)?")
# What may be a patient's short number by accident, and is missed where it goes
GEOMETRY = tags("""
    NominalScannedPixelSpacing EstimatedRadiographicMagnificationFactor PixelAspectRatio SliceThickness
    SpacingBetweenSlices SliceLocation ImagePositionPatient ImageOrientationPatient
""")
STANDARD_UIDS = "1.2.840.10008."
PATIENT_GROUP = 0x0010
MOST_WORDS = 2000
MOST_PIECES = 8  # beyond them searching in one go is cheaper


@dataclass(frozen=True)
class Identity:
    """Everything that may name the patient, and of that what names people by itself: names, and the patient's numbers."""

    words: tuple[Word, ...]
    names: tuple[str, ...]


def read_identity(source: Dataset, depth: int) -> Identity:
    """The texts of all attributes that are removed, as far as they can be read, sequences included."""
    words: dict[str, Word] = {}
    names: set[str] = set()
    for vr, tag, text, raw in _texts(source, depth):
        for part in NAMED.get(vr, LISTED).split(text):
            if vr == "PN" or tag.group == PATIENT_GROUP or _is_number(part):
                names.add(part.strip().casefold())
            found = word(part, raw if part == text else b"")
            if found is not None and not part.startswith(STANDARD_UIDS):
                words[found.text] = found
        if len(words) > MOST_WORDS:
            break
    return Identity(tuple(words.values()), tuple(names))


def scrub(header: Dataset, identity: Identity) -> None:
    """Take out texts and numbers that are kept by rule but repeat a name or number of the patient or the visit."""
    _scrub(header, *_told_apart(identity))


def scrubbed(text: str, identity: Identity) -> str:
    """`text`, or "" where it repeats a name or number of the patient or the visit."""
    if _repeats(text, *_told_apart(identity)):
        return ""
    return text


def _told_apart(identity: Identity) -> tuple[frozenset[str], list[str]]:
    """The names that are told from other words where they stand by themselves, and of those the ones told as a part."""
    names = frozenset(name for name in identity.names if len(name) >= _shortest(name))
    return names, [name for name in names if len(name) >= LONG_NAME or not (name.isascii() and name.isalnum())]


def _repeats(text: str, names: frozenset[str], long_ones: Sequence[str]) -> bool:
    folded = text.casefold()
    return not names.isdisjoint(WORDS.findall(folded)) or any(name in folded for name in long_ones)


def _scrub(header: Dataset, names: frozenset[str], long_ones: Sequence[str]) -> None:
    for element in list(header.values()):
        tag = int(element.tag)
        if element.VR == "SQ":
            for item in element.value:
                _scrub(item, names, long_ones)
        elif tag in OURS:
            continue
        elif element.VR in NUMBERS:
            numbers = set(_whole_numbers(values(element)))
            repeats = tag not in GEOMETRY and not names.isdisjoint(numbers)
            if repeats or any(name in number for number in numbers for name in long_ones):
                del header[element.tag]
        elif element.VR in SCRUBBED and _repeats(text_of(element), names, long_ones):
            del header[element.tag]


def _whole_numbers(texts: Iterable[str]) -> Iterator[str]:
    """The digits of each whole number: the 125 in 0.125 identifies nobody."""
    for text in texts:
        if match := WHOLE_NUMBER.fullmatch(text.strip()):
            yield match[1]


def _shortest(name: str) -> int:
    """Characters from which a name is one by itself: 山田 is, and no other word has Kim in it as a word."""
    return SHORT_NAME if name.isascii() else 2


def _is_number(text: str) -> bool:
    """Whether a text is a number of a patient, a visit or a station: long enough, and not of letters alone."""
    text = text.strip()
    return LONG_NAME <= len(text) <= LONGEST_NUMBER and text.isalnum() and any(map(str.isdigit, text))


def check(pieces: Sequence[Piece], body: bytes, header: Dataset, identity: Identity, *, header_at: int) -> None:
    """Raises Refused where a word of `identity`, or EXIF data, stand in what is to be stored.

    The first piece is the file's new header, from `header_at` on: before it stand UIDs of our own making alone. A word in it
    may be what some other attribute says, too.
    """
    view = memoryview(body)
    parts = [content_of(piece, view) for piece in pieces]
    if len(parts) > MOST_PIECES:
        parts = [parts[0], joined(view, pieces[1:])]
    search = Search([*identity.words, EXIF])
    said = cache(partial(_said, header))  # asked for often: by a station that is called like its maker

    def excused(text: str) -> bool:
        return text == EXIF.text or text.casefold() in said()

    if any(search.found_in(parts[0][header_at:], excused=excused)):
        raise Refused("identity", "An attribute of the patient was still in the file's header after de-identification.")
    for part in parts[1:]:
        for text in search.found_in(part):
            if text == EXIF.text:
                raise Refused("identity", "The pixel data hold EXIF data that could not be taken out.")
            raise Refused("identity", "The pixel data hold text that names the patient or the visit.")


def _said(header: Dataset) -> str:
    """The texts of the new header. Bytes of tables and profiles do not count: a word found in them is not excused."""
    return " ".join(_texts_in(header)).casefold()


def _texts_in(header: Dataset) -> Iterator[str]:
    for element in header.values():
        if element.VR == "SQ":
            for item in element.value:
                yield from _texts_in(item)
        else:
            yield text_of(element)


def _texts(source: Dataset, depth: int, allowed: AllowList = ALLOWED) -> Iterator[tuple[str, BaseTag, str, bytes]]:
    """VR, tag, text, and raw bytes where they are at hand, of everything readable that is not allowed."""
    for element in elements(source):
        tag = element.tag
        inner = allowed.get(int(tag), ...)
        vr = element.VR or _known_vr(tag)
        if vr == "SQ" and depth > 0 and not is_empty(element):
            for item in _items(source, tag):
                yield from _texts(item, depth - 1, inner if isinstance(inner, Mapping) else {})
        elif inner is ... and vr in TEXTS and not is_empty(element):
            raw = b""
            if isinstance(element, RawDataElement):
                raw = element.value
            yield from ((vr, tag, text, raw) for text in _read(source, tag, vr, raw))


def _known_vr(tag: BaseTag) -> str:
    """The VR of a tag in an implicit data set; private attributes are taken for text."""
    try:
        return str(dictionary_VR(tag))
    except KeyError:
        return "UN"


def _items(source: Dataset, tag: BaseTag) -> Iterable[Dataset]:
    try:
        return list(source[tag].value or ())
    except Exception:  # noqa: BLE001 - an unreadable sequence that is kept is refused elsewhere; of others nothing is stored
        return ()


def _read(source: Dataset, tag: BaseTag, vr: str, raw: bytes | None) -> Iterator[str]:
    """The text of one attribute, decoded by the file's character set only where it is not plain ASCII."""
    if raw and raw.isascii() and b"\x1b" not in raw:
        text = raw.decode("ascii").strip("\0 ")
        if text.isprintable():
            yield text
        return
    if vr == "UN":
        return
    try:
        value = source[tag].value
    except Exception:  # noqa: BLE001 - what cannot be decoded is looked for by its bytes
        yield (raw or b"").decode("latin-1")
        return
    if value:
        yield str(value)
