"""Where a case stands in its reader's day."""

from __future__ import annotations

from dataclasses import dataclass

from labeling.models import Assignment
from labeling.queries.today import case_number
from labeling.queries.worklist import waiting_besides
from overread.accounts.models import User


@dataclass(frozen=True)
class Position:
    """The number of the case among the reader's cases today, and how many wait besides (`more`: at least that many)."""

    number: int
    besides: int
    more: bool

    @property
    def waiting(self) -> str:
        return f"{self.besides}+" if self.more else str(self.besides)

    def after(self, cases: int) -> Position:
        """Where the reader will be that many cases later."""
        return Position(self.number + cases, max(self.besides - cases, 0), self.more)


def position_of(assignment: Assignment, reader: User) -> Position:
    """Neither number changes when the queue is refilled."""
    besides, more = waiting_besides(assignment=assignment, reader=reader)
    return Position(case_number(assignment=assignment, reader=reader), besides, more)
