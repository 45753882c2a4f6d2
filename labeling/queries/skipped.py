"""Cases that a reader has skipped, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from labeling.models import Assignment, Read
from overread.accounts.models import User
from overread.projects.models import Project

State = Assignment.State
STANDING = (State.QUEUED, *Assignment.RESERVED, State.DONE, State.ESCALATED)


def skipped_by(*, project: Project, reader: User) -> QuerySet[Assignment]:
    """The cases that this reader has skipped, newest first.

    Each with `is_taken`: whether a colleague has it now, or has read it; and `read_since`: whether its reader has read the
    image since, as a case of their own.
    """
    offers = _offers(OuterRef)
    waiting = offers.filter(state=State.QUEUED)
    mine = Read.objects.filter(project=project, reader=reader, image=OuterRef("image_id"))
    skipped = Assignment.objects.filter(project=project, reader=reader, state=State.SKIPPED)
    return skipped.annotate(
        is_taken=Exists(offers) & ~Exists(waiting),
        read_since=Exists(mine.filter(created_at__gte=OuterRef("finished_at"))),
    ).order_by("-finished_at")


def offer_waiting(case: Assignment) -> Assignment | None:
    """What waits in the queue in place of a skipped case."""
    return _offers_of(case).filter(state=State.QUEUED).order_by("slot").first()


def is_offered(case: Assignment) -> bool:
    """Whether something stands in place of a skipped case: it waits, or somebody has it or has read it."""
    return _offers_of(case).exists()


def _offers_of(case: Assignment) -> QuerySet[Assignment]:
    return _offers(lambda name: getattr(case, name))


def _offers(value: Callable[[str], Any]) -> QuerySet[Assignment]:
    """What was offered to others in place of a skipped case, whose fields are `value`s by their name."""
    alike = Assignment.objects.filter(
        project=value("project_id"), image=value("image_id"), purpose=value("purpose"), sent_as=value("sent_as")
    )
    alike = alike.filter(Q(sent_as="") | Q(sent_from=value("sent_from_id"))).exclude(pk=value("pk"))
    # One that another reader has taken back after skipping it is older than this skip, and was given out after it.
    since = Q(created_at__gte=value("finished_at")) | Q(claimed_at__gte=value("finished_at"))
    return alike.filter(since, state__in=STANDING)
