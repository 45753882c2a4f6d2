"""Why an image was requested, where its file gives a code for it.

Free text, such as Reason for Study or Study Description, is not read: it may hold names. The codes themselves are not
stored with the file (PS3.15 Table E.1-1 removes them); what they mean becomes a fact of the image.
"""

import re
from collections.abc import Iterator

from pydicom.dataset import Dataset

from .describe import word
from .refusal import MALFORMED

OF_STUDY = "ReasonForPerformedProcedureCodeSequence"
OF_REQUEST = "ReasonForRequestedProcedureCodeSequence"
CODE = re.compile(r"(?=.*[0-9])[A-Z0-9][A-Z0-9.-]{1,15}")
LONGEST = 64  # characters of a LO


def read_indication(source: Dataset) -> str:
    """What the first code of a public system says, such as "Cough"; "" where there is none that can be read."""
    try:
        meanings = (_meaning(code) for code in _codes(source))
        return next(filter(None, meanings), "")
    except MALFORMED:
        return ""


def _codes(source: Dataset) -> Iterator[Dataset]:
    yield from source.get(OF_STUDY) or ()
    for request in (source, *(source.get("RequestAttributesSequence") or ())):
        yield from request.get(OF_REQUEST) or ()


def _meaning(code: Dataset) -> str:
    """Code Meaning of a code that is well formed and not of a site's own making (PS3.16 8: "99…" and "L")."""
    scheme = word(code, "CodingSchemeDesignator")
    if not scheme or scheme == "L" or scheme.startswith("99"):
        return ""
    if not CODE.fullmatch(word(code, "CodeValue")):
        return ""
    meaning = word(code, "CodeMeaning")
    if meaning.isprintable() and len(meaning) <= LONGEST:
        return meaning
    return ""
