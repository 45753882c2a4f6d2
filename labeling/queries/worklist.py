"""What waits for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet

from labeling.models import Assignment
from labeling.queries.open_cases import one_an_image, open_to
from labeling.services.order import ORDER
from overread.accounts.models import User
from overread.projects.models import Project

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
    image = assignment.image_id
    held = Assignment.objects.filter(project=project, reader=reader, state__in=Assignment.HELD).exclude(image=image)
    free = open_to(project, reader).exclude(image=image).order_by(*ORDER).values_list("image", flat=True)
    rows = free[:COUNTED]
    return held.count() + len(set(rows)), len(rows) == COUNTED
