"""The order of the queue. Claiming, listing, counting and comparing waiting cases all use it."""

from __future__ import annotations

from django.db.models import OuterRef, Q

# Cases sent by colleagues, then suspected urgent ones, then the rest; among these by rank. The index assignment_queue_order
# has the same columns, so that a claim reads its first rows however long the queue is.
ORDER = ("priority", "rank", "created_at", "pk")


def before_outer() -> Q:
    """A condition on the assignments of a subquery: they stand before the outer query's assignment."""
    before = Q()
    for place, name in enumerate(ORDER):
        level = Q(**{each: OuterRef(each) for each in ORDER[:place]})
        before |= level & Q(**{f"{name}__lt": OuterRef(name)})
    return before
