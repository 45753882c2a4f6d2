"""Whether a selection is what the pure strategy makes of the stored arrays and its seed. For workers and commands."""

from __future__ import annotations

from inference.memmap_cache import memmaps_clear
from labeling.models import Selection
from labeling.services.selection.context import context_of
from labeling.services.selection.fill import picks_of


def selection_reproduces(*, selection: Selection, size: int) -> bool:
    """Whether drawing a batch of this size again with the selection's seed gives its very assignments, in order.

    The memory maps are made anew from the shards for it. Only right after the draw: what was read, labelled, embedded or
    queued since then is taken into account.
    """
    memmaps_clear()
    stored = list(selection.assignments.order_by("rank").values_list("image", "purpose", "score"))
    context = context_of(selection.project, size, selection.seed, before=selection)
    if context is None:
        return not stored
    return stored == [(context.image(pick.row), pick.arm, pick.score) for pick in picks_of(context)]
