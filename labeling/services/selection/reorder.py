"""Reordering the waiting cases after new answers."""

from __future__ import annotations

import numpy as np
from django.db import transaction

from inference.memmap_cache import ids_of
from inference.models import Pipeline
from inference.queries import champion_of
from labeling.jobs import fill_request
from labeling.models import Assignment, Purpose
from labeling.selection.constraints import QUOTA
from labeling.selection.draw import Pick
from labeling.selection.pool import Pool
from labeling.selection.strategies import Strategy
from labeling.services.selection.context import reason_of
from labeling.services.selection.pool import champion_pool, pool_build
from labeling.services.selection.strategy import failure_of, strategy_for, strategy_note
from overread.jobs.running import Lease
from overread.projects.models import Project

QUEUED = Assignment.State.QUEUED


def queue_reorder(*, project: Project, lease: Lease | None = None) -> int:
    """Reorder the waiting exploit cases by the newest scout. Returns how many got a new rank.

    All other cases keep their places, and so do those that a finding's quota brought in. The exploit cases share out the
    ranks that they hold, so that the mix of the queue stays the same.
    """
    waiting = (
        Assignment.objects.filter(project=project, state=QUEUED, purpose=Purpose.EXPLOIT)
        .exclude(strategy=QUOTA)  # the strategy would send them back to the end
        .select_related("image")
        .order_by("rank")
    )
    cases = list(waiting)
    pipeline = champion_of(project)
    images = ids_of([case.image_id for case in cases])
    pool = pool_build(project, pipeline, images) if cases else None
    strategy = strategy_for(project.strategy, pool)
    moved: list[Assignment] = []
    if pool is not None:
        moved = _reranked(strategy, cases, pool, champion_pool(pipeline, images), pipeline)
    # Ranking takes seconds, so it comes before the transaction. A case that a reader has taken meanwhile keeps its rank:
    # the update asks once more whether it still waits.
    with lease.finishing() if lease else transaction.atomic():
        for case in moved:
            Assignment.objects.filter(pk=case.pk, state=QUEUED).update(
                rank=case.rank, score=case.score, reason=case.reason
            )
        strategy_note(project=project, failed=failure_of(strategy))
        fill_request(project=project.pk)
    return len(moved)


def _reranked(
    strategy: Strategy, cases: list[Assignment], pool: Pool, shown: Pool, pipeline: Pipeline | None
) -> list[Assignment]:
    """The cases with their new ranks and scores. Those that the pool knows nothing of come last, in their old order.
    Empty if the strategy cannot be asked: all keep their places.
    """
    # Seeded by what is at hand, so that a job that runs twice comes to the same order.
    picks = strategy(pool, pool.available, rng=np.random.default_rng(len(cases)))
    if failure_of(strategy):
        return []
    ranks = [case.rank for case in cases]
    for row, score in zip(picks.rows.tolist(), picks.scores.tolist(), strict=True):
        pick = Pick(row, "exploit", strategy.__name__, score, None)
        cases[row].score = score
        cases[row].reason = reason_of(pick, shown, row, pipeline)
    order = picks.rows.tolist() + np.setdiff1d(np.arange(len(cases)), picks.rows).tolist()
    for row, rank in zip(order, ranks, strict=True):
        cases[row].rank = rank
    return cases
