"""What an item of a data set must fulfil to be taken in, and the reason it is refused with."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from overread.archive.dicom import Refused
from overread.archive.dicom.limits import Limits
from training.datasets.errors import DatasetError
from training.datasets.items import Item

INDICATION_MAX_LENGTH = 200  # characters; more is a report and not an indication
OLDEST = 90.0  # stands for 90 and older, as in the files themselves


def file_content(path: Path) -> bytes:
    """The bytes of an image file. Raises Refused for one that is too large, before it is read, and OSError."""
    size = path.stat().st_size
    limit = Limits().file_bytes
    if size > limit:
        raise Refused("too_large", f"The file has {size} bytes; {limit} are allowed.")
    return path.read_bytes()


def said_facts(item: Item) -> dict[str, Any]:
    """What the data set says of the image, by the names of ImageFacts' fields; nothing that it leaves out."""
    facts: dict[str, Any] = {}
    for name in ("sex", "view", "laterality", "body_part"):
        if value := getattr(item.facts, name):
            facts[name] = value
    if item.facts.age_years is not None:
        facts["age_years"] = min(item.facts.age_years, OLDEST)
    if item.indication:
        facts["indication"] = item.indication
    return facts


def check_indication(indication: str, patient: str) -> None:
    """Raises DatasetError. Its text never repeats the indication, which may name a patient."""
    if len(indication) > INDICATION_MAX_LENGTH:
        raise DatasetError(f"The indication has more than {INDICATION_MAX_LENGTH} characters.")
    if not indication.isprintable():
        raise DatasetError("The indication holds a line break or another character that is no text.")
    if patient and patient.casefold() in re.findall(r"[\w-]+", indication.casefold()):
        raise DatasetError("The indication names the patient.")


def refusal_reason(problem: Exception) -> str:
    """The reason as the person who imports reads it."""
    if isinstance(problem, Refused):
        return problem.reason
    if isinstance(problem, OSError):
        return f"The file cannot be read: {problem.strerror}."
    return str(problem)


def storable(text: str) -> str:
    """A text from a file as the database can hold it: what is no text, and NUL, becomes a question mark."""
    return text.encode(errors="replace").decode().replace("\0", "?")
