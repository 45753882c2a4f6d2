"""Checking that a selection follows from the stored arrays and its seed. For workers and commands."""

from __future__ import annotations

from inference.memmap_cache import memmaps_clear
from labeling.models import Selection
from labeling.services.selection.context import context_of
from labeling.services.selection.fill import picks_of


def selection_reproduces(*, selection: Selection, size: int) -> bool:
    """Whether drawing a batch of this size with the selection's seed gives its assignments again, in the same order.

    The memory maps are rebuilt from the shards first. Call it right after the draw: reads, labels, embeddings and cases
    that came since then change the result.
    """
    memmaps_clear()
    stored = list(selection.assignments.order_by("rank").values_list("image", "purpose", "score"))
    context = context_of(selection.project, size, selection.seed, before=selection)
    if context is None:
        return not stored
    return stored == [(context.image(pick.row), pick.arm, pick.score) for pick in picks_of(context)]
