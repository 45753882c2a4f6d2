"""Which of a reader's reads were given before they had seen what the others say of the image."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from labeling.models import AnswersSeen, Purpose, Read
from overread.archive.models import Image

Seen = Mapping[int, datetime]
"""Reader → when they first saw the others' answers to the image."""


def answers_seen(image: Image) -> Seen:
    return dict(AnswersSeen.objects.filter(image=image).values_list("user", "at"))


def superseded_at(read: Read) -> datetime | None:
    later: Read | None = getattr(read, "superseded_by", None)  # Django raises where there is none
    return later.created_at if later else None


def unaware(read: Read, seen: Seen) -> bool:
    """Whether this read was given without knowledge of the others' answers, and stood last when it was.

    That is the standing read, or the one that stood when the reader first saw the others' answers. An adjudicator is meant
    to see them, so their standing read counts.
    """
    looked = seen.get(read.reader_id)
    superseded = superseded_at(read)
    if looked is None or read.assignment.purpose == Purpose.ADJUDICATE:
        return superseded is None
    return read.created_at < looked and (superseded is None or superseded >= looked)
