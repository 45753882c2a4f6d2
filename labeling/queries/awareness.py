"""Which reads a reader gave before they had seen the others' answers to the image."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from labeling.models import AnswersSeen, Purpose, Read
from overread.archive.models import Image

# Reader → when they first saw the others' answers to the image.
Seen = Mapping[int, datetime]


def answers_seen(image: Image) -> Seen:
    return dict(AnswersSeen.objects.filter(image=image).values_list("user", "at"))


def superseded_at(read: Read) -> datetime | None:
    later: Read | None = getattr(read, "superseded_by", None)  # Django raises where there is none
    return later.created_at if later else None


def unaware(read: Read, seen: Seen) -> bool:
    """Whether this is the reader's last read that was given without knowledge of the others' answers.

    That is their standing read, or the one that stood when they first saw the others' answers. An adjudicator is meant to
    see these, so their standing read counts.
    """
    looked = seen.get(read.reader_id)
    superseded = superseded_at(read)
    if looked is None or read.assignment.purpose == Purpose.ADJUDICATE:
        return superseded is None
    return read.created_at < looked and (superseded is None or superseded >= looked)
