"""What waits for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from labeling.models import Assignment
from labeling.queries.open_cases import one_an_image, open_to, open_to_roles
from labeling.services.order import ORDER
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project
from overread.projects.rules import user_roles
from overread.rows import PreparedQuery, Select

# The page says "1,000 or more": counting a queue of a hundred thousand between two cases would take longer than the rest.
COUNTED = 1000

DRAWN = ("project", "image__study__patient", "image__rendering", "sent_by")


@dataclass(frozen=True)
class Worklist:
    """What a reader may read next, one row per image: what they hold, what they put aside, and what they can take.

    Each part is in its own order.
    """

    held: QuerySet[Assignment]
    aside: QuerySet[Assignment]
    free: QuerySet[Assignment]

    def first(self) -> Assignment | None:
        """The case to go on with: the one worked on last, or else the next of the queue."""
        return self.held.first() or self.free.first()

    def matching(self, which: Q, limit: int) -> list[Assignment]:
        """The first cases that fulfil the condition, at most `limit`."""
        rows: list[Assignment] = []
        for part in (self.held, self.aside, self.free):
            rows += part.filter(which)[: limit - len(rows)]
        return rows

    def counted(self, which: Mapping[str, Q]) -> dict[str, int]:
        """How many cases fulfil each condition."""
        numbers = {name: Count("pk", filter=condition) for name, condition in which.items()}
        parts = [part.order_by().aggregate(**numbers) for part in (self.held, self.aside, self.free)]
        return {name: sum(part[name] for part in parts) for name in which}


def worklist(*, project: Project, reader: User) -> Worklist:
    """The worklist of this reader."""
    # A query per part, not one for all: the queue's part is then read from its index, however long the queue is.
    mine = Assignment.objects.filter(project=project, reader=reader).select_related(*DRAWN)
    free = one_an_image(open_to(project, reader), project, reader).select_related(*DRAWN)
    return Worklist(
        mine.filter(state__in=Assignment.HELD).order_by(F("worked_at").desc(nulls_last=True), "claimed_at"),
        mine.filter(state=Assignment.State.DEFERRED).order_by("lease_until"),
        free.order_by(*ORDER),
    )


def waiting_besides(*, assignment: Assignment, reader: User) -> tuple[int, bool]:
    """How many images wait for this reader besides this one, and whether there are more than were counted.

    Asked between two cases, so at most the first COUNTED rows of the queue are looked at.
    """
    project = assignment.project
    held, free, counts = _counts(frozenset(user_roles(reader, project)))
    asked = (project, reader, assignment.image)
    ((holds, waits, images),) = counts.rows(*held.values(*asked), *free.values(*asked))
    return holds + images, waits == COUNTED


@cache
def _counts(roles: frozenset[str]) -> tuple[PreparedQuery, PreparedQuery, Select]:
    """For readers with these roles: the query of what they hold besides an image, the query of what is open to them besides
    it, and the statement that counts the rows of the first, and the rows and the images of the second.
    """

    def holds(project: Project, reader: User, image: Image) -> QuerySet[Assignment, UUID]:
        mine = Assignment.objects.filter(project=project, reader=reader, state__in=Assignment.HELD)
        return mine.exclude(image=image).values_list("pk", flat=True)

    def opens(project: Project, reader: User, image: Image) -> QuerySet[Assignment, UUID]:
        waiting = open_to_roles(project, reader, roles).exclude(image=image).order_by(*ORDER)
        return waiting.values_list("image", flat=True)[:COUNTED]

    held = PreparedQuery(holds, Project, User, Image)
    free = PreparedQuery(opens, Project, User, Image)
    counted = [f"(SELECT COUNT(*) FROM ({held.sql}) AS held)", "COUNT(*)", "COUNT(DISTINCT waiting.image)"]
    return held, free, Select(also=counted, rest=f"FROM ({free.sql}) AS waiting")
