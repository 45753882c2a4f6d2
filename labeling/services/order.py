"""The order of the queue. Claiming, listing, counting and comparing waiting cases all use this one."""

from __future__ import annotations

from django.db.models import OuterRef, Q

ORDER = ("priority", "rank", "created_at", "pk")
"""What colleagues send, what is suspected urgent, the rest; then by rank. The index assignment_queue_order has it."""


def before_outer() -> Q:
    """Of assignments in a subquery: those that stand before the outer one."""
    before = Q()
    for place, name in enumerate(ORDER):
        level = Q(**{each: OuterRef(each) for each in ORDER[:place]})
        before |= level & Q(**{f"{name}__lt": OuterRef(name)})
    return before
