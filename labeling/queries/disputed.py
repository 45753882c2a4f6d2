"""The reads that an adjudicator decides between, without their readers' names."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from string import ascii_uppercase

from labeling.models import MEASURING, Assignment, Purpose, Read, Region
from labeling.queries.awareness import answers_seen, unaware

MOST = 5  # as many readers as a reference case can have


@dataclass(frozen=True)
class DisputedRead:
    """One reader's first read: a letter for their name, finding slug → answer, and what they drew and wrote."""

    letter: str
    answers: dict[str, str]
    regions: list[Region]
    comment: str


def disputed_reads(assignment: Assignment) -> list[DisputedRead]:
    """The other readers' reads of an adjudicated image that its label is made of; empty for a case of another purpose.

    These are each reader's answers before they saw the model or the others' answers. The letters follow a digest of the
    reads, so that they tell neither who read first nor who is the same reader in another case.
    """
    if assignment.purpose != Purpose.ADJUDICATE:
        return []
    reads = (
        Read.objects.filter(project=assignment.project, image=assignment.image)
        .exclude(reader=assignment.reader)
        .exclude(assignment__purpose__in=[*MEASURING, Purpose.ADJUDICATE])
        .select_related("superseded_by", "assignment")
        .prefetch_related("answers__finding", "regions__finding")
        .order_by("created_at")
    )
    seen = answers_seen(assignment.image)
    firsts: dict[int, Read] = {}
    for read in reads:
        if unaware(read, seen):
            firsts.setdefault(read.reader_id, read)  # a blind read stands beside the one after it
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
