"""The words that tables use for yes, no and unknown, and names as they are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

YES = {"1", "1.0", "true", "t", "yes", "y", "present", "positive", "pos"}
NO = {"0", "0.0", "false", "f", "no", "n", "absent", "negative", "neg"}
UNCERTAIN = {"-1", "-1.0", "0.5", "uncertain", "u"}  # -1 as in CheXpert
UNKNOWN = {
    *("", "na", "n/a", "#n/a", "nan", "nat", "none", "null", "unknown", "unk", ".", "-", "--", "?"),
    *("missing", "not available", "not measured", "not done", "not assessed", "not reported"),
}
NEGATIVES = {"normal", "no finding", "no findings", "none", "negative", "benign", "healthy", "nothing", "no disease"}


def plain(name: str) -> str:
    """A name as it is compared: case, width, blanks and underscores do not count, every other sign does.

    A hyphen between two letters or figures counts as a blank; at the end of a word it is a sign: COVID- is not COVID+.
    """
    text = unicodedata.normalize("NFKC", name).casefold().replace("_", " ")
    text = re.sub(r"(?<=\w)-(?=\w)", " ", text)
    return " ".join(text.split())


def is_unknown(cell: str) -> bool:
    """Whether a cell says that nothing is known."""
    return cell.strip().casefold() in UNKNOWN


def is_negative(name: str) -> bool:
    """Whether a name in a list of findings says that there is none."""
    return plain(name) in NEGATIVES


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like this one, or "" if none is."""
    by_plain = {plain(each): each for each in known}
    asked = plain(name)
    for text, each in by_plain.items():
        if f" {text} " in f" {asked} " or f" {asked} " in f" {text} ":
            return each
    close = get_close_matches(asked, by_plain, 1)
    return by_plain[close[0]] if close else ""
