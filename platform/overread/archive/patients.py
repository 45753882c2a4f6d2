"""What a patient identifier says that somebody typed, or that stands in a table."""

from __future__ import annotations

import unicodedata

# Letters and digits of what people, spreadsheets and programs write where they do not know.
UNKNOWN = {
    "na",  # also n/a, N.A., #N/A, <NA>
    "nan",
    "nil",
    "none",
    "null",
    "nopatient",
    "notapplicable",
    "notavailable",
    "notknown",
    "notstated",
    "unavailable",
    "undefined",
    "unk",
    "unknown",
    "unknownpatient",
    "unspecified",
    "missing",
    "anon",
    "anonymised",
    "anonymized",
    "anonymous",
}


def patient_known(text: str) -> str:
    """The identifier without the blanks around it, "" where it names nobody: many strangers must not become one patient.

    A text without a letter or a digit (`.`, `-`, `?`) names nobody, and no word for "unknown" does, however it is written.
    """
    identifier = text.strip()
    if patient_unknown(identifier):
        return ""
    return identifier


def patient_unknown(text: str) -> bool:
    """Whether the text names no patient."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    word = "".join(character for character in plain if character.isalnum())
    return not word or word in UNKNOWN
