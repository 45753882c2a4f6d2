"""Names as people write them, in any script, and the short ASCII names that addresses are made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from hashlib import sha256
from itertools import count

from django.utils.text import slugify

LONGEST = 60  # characters of the slug of a project or finding
TOLD_APART = 6  # hexadecimal digits of the name's hash
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs by their category, drawn as nothing


def name_tidy(name: str) -> str:
    """The name without superfluous spaces; "" if nothing of it is visible, as with zero-width spaces."""
    if not any(unicodedata.category(each)[0] in "LNPS" and each not in BLANK for each in name):
        return ""
    return " ".join(name.split())


def name_key(name: str) -> str:
    """What makes two names one: their text, whatever its case, its spaces and the form of its characters."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def finding_slug(name: str, taken: Collection[str] = ()) -> str:
    """A slug for the finding of that name that is not empty and not among those taken.

    A slug keeps letters and digits of ASCII only. Where it says nothing ("肺炎") or is taken already ("COVID-" beside
    "COVID+"), digits of the name's hash tell it apart, so that one name has the same slug in every project.
    """
    return free_slug(name, taken, otherwise="finding")


def free_slug(name: str, taken: Collection[str], *, otherwise: str) -> str:
    """A slug for that name which is not among those taken; it begins with `otherwise` where the name has no ASCII."""
    plain = slugify(unicodedata.normalize("NFKC", name).replace("_", " "))[:LONGEST].strip("-")
    if plain and plain not in taken:
        return plain
    digits = sha256(name_key(name).encode()).hexdigest()[:TOLD_APART]
    room = LONGEST - len(digits) - 1
    told_apart = f"{(plain or otherwise)[:room].strip('-')}-{digits}"
    return numbered(told_apart, taken)


def numbered(slug: str, taken: Collection[str]) -> str:
    """The slug itself, or with the first number behind it that is not taken."""
    if slug not in taken:
        return slug
    for number in count(2):
        candidate = f"{slug[: LONGEST - len(str(number)) - 1]}-{number}"
        if candidate not in taken:
            break
    return candidate
