"""A reader's own read beside those they asked colleagues for, finding by finding."""

from __future__ import annotations

from dataclasses import dataclass

from frontend.pages.image.comparing import answer_words
from frontend.pages.image.result import Result
from labeling.models import Read
from labeling.queries.referrals import replies
from labeling.services import answers_seen_record
from overread.accounts.models import User
from overread.projects.models import Finding, Project

NOT_ASKED = "–"


@dataclass(frozen=True)
class Line:
    """What each of the reads says of one finding, in words."""

    name: str
    answers: list[str]

    @property
    def differ(self) -> bool:
        return len(set(self.answers) - {NOT_ASKED}) > 1


@dataclass(frozen=True)
class Opinions:
    """The reader's own read, where they have one, and their colleagues' after it."""

    own: Read | None
    reads: list[Read]
    lines: list[Line]


def opinions(*, project: Project, result: Result, reader: User) -> Opinions | None:
    """None where nobody has answered, or where the reader is to answer first. What is shown is on record before it
    leaves: an answer given after it is not independent of these.
    """
    others = replies(image=result.image, project=project, reader=reader) if result.allowed else []
    if not others:
        return None
    answers_seen_record(user=reader, images=[result.image.pk])
    reads = ([result.read] if result.read else []) + others
    return Opinions(result.read, reads, [_line(finding, reads) for finding in project.findings.all()])


def _line(finding: Finding, reads: list[Read]) -> Line:
    said = [{answer.finding_id: answer.value for answer in read.answers.all()} for read in reads]
    words = [answer_words(finding, each[finding.pk]) if finding.pk in each else NOT_ASKED for each in said]
    return Line(finding.name, words)
