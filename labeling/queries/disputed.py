"""What an adjudicator decides between: the reads that disagree, without their readers' names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from string import ascii_uppercase

from labeling.models import MEASURING, Assignment, Purpose, Read, Region

MOST = 5  # as many readers as a reference case can have


@dataclass(frozen=True)
class DisputedRead:
    """One reader's first word: a letter for their name, finding slug → answer, and what they drew and wrote."""

    letter: str
    answers: dict[str, str]
    regions: list[Region]
    comment: str


def disputed_reads(assignment: Assignment) -> list[DisputedRead]:
    """Of an adjudication, every other reader's first standing read of the image; none of any other case.

    The letters go by a digest of the reads, so that they tell neither who came first nor the same reader twice.
    """
    if assignment.purpose != Purpose.ADJUDICATE:
        return []
    reads = (
        Read.objects.filter(project=assignment.project, image=assignment.image, superseded_by=None, extra=False)
        .exclude(reader=assignment.reader)
        .exclude(assignment__purpose__in=[*MEASURING, Purpose.ADJUDICATE])
        .prefetch_related("answers__finding", "regions__finding")
        .order_by("created_at")
    )
    firsts: dict[int, Read] = {}
    for read in reads:
        firsts.setdefault(read.reader_id, read)  # what was said before the model was shown
    shuffled = sorted(list(firsts.values())[:MOST], key=lambda read: hashlib.sha256(read.pk.bytes).digest())
    return [
        DisputedRead(
            letter=letter,
            answers={answer.finding.slug: answer.value for answer in read.answers.all()},
            regions=list(read.regions.all()),
            comment=read.comment,
        )
        for letter, read in zip(ascii_uppercase, shuffled, strict=False)
    ]
