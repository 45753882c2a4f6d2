"""A reader's own read beside the second opinions that they asked for, finding by finding."""

from __future__ import annotations

from dataclasses import dataclass

from frontend.pages.image.comparison import answer_words
from frontend.pages.image.result import Result
from labeling.models import Read
from labeling.queries.referrals import replies
from labeling.services import answers_seen_record
from overread.accounts.models import User
from overread.projects.models import Finding, Project

NOT_ASKED = "–"


@dataclass(frozen=True)
class OpinionLine:
    """The answer of each read to one finding, in words."""

    name: str
    answers: list[str]

    @property
    def differ(self) -> bool:
        return len(set(self.answers) - {NOT_ASKED}) > 1


@dataclass(frozen=True)
class Opinions:
    """`reads`: the reader's own read, if there is one, then their colleagues'."""

    own: Read | None
    reads: list[Read]
    lines: list[OpinionLine]


def opinions(*, project: Project, result: Result, reader: User) -> Opinions | None:
    """None while nobody has answered, and while the reader has to answer first. Records that the reader saw them."""
    if not result.allowed:
        return None
    others = replies(image=result.image, project=project, reader=reader)
    if not others:
        return None
    # Recorded before they are shown: an answer given from now on is not independent of them.
    answers_seen_record(user=reader, images=[result.image.pk])
    reads = [result.read, *others] if result.read else others
    lines = []
    for finding in project.findings.all():
        lines.append(OpinionLine(finding.name, [_answer(read, finding) for read in reads]))
    return Opinions(result.read, reads, lines)


def _answer(read: Read, finding: Finding) -> str:
    for answer in read.answers.all():  # prefetched
        if answer.finding_id == finding.pk:
            return answer_words(finding, answer.value)
    return NOT_ASKED
