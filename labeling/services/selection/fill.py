"""Filling the queue with a batch: when and how large, how it is drawn, and how it is stored. For workers only."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from inference.jobs import arrival_jobs
from inference.memmap_cache import ids_of
from inference.models import Pipeline
from labeling.jobs import fill_request
from labeling.models import Assignment, Purpose, Selection
from labeling.queries.blind_first import reads_blind
from labeling.selection.draw import Pick, compose
from labeling.services.release import slot_free
from labeling.services.selection.candidates import OPEN, candidate_list, unread_of, unreadable_withdraw
from labeling.services.selection.context import DrawContext, context_of, groups_of, quotas_of, reason_of, shares_of
from labeling.services.selection.pool import champion_pool
from labeling.services.selection.reference import reference_queue
from labeling.services.selection.strategy import failure_of, strategy_note
from labeling.services.urgency import urgency_ask
from overread.archive.models import Image
from overread.archive.queries import readable_in
from overread.audit.services import event_append
from overread.jobs.models import State as JobState
from overread.jobs.running import Lease
from overread.projects.models import Project

QUEUED = Assignment.State.QUEUED
# What any reader can take: when few of these wait the queue runs low.
SHARES = (Purpose.EXPLOIT, Purpose.AUDIT)


@dataclass(frozen=True)
class DrawnCase:
    """One pick as it will be queued. `reread`: its image has been read or labelled before. `minutes`: expected."""

    image: UUID
    pick: Pick
    blind: bool
    reason: str
    reread: bool
    for_reader: int | None
    minutes: float | None


@dataclass(frozen=True)
class DrawnBatch:
    """A batch in reading order, and what was known when it was drawn. `failed`: see strategy.failure_of."""

    cases: tuple[DrawnCase, ...]
    pipeline: Pipeline | None
    candidates: int
    shares: dict[str, float]
    typical_minutes: float | None
    seed: int
    size: int
    failed: str | None = None


def queue_fill(
    *, project: Project, lease: Lease | None = None, seed: int | None = None, size: int | None = None
) -> Selection | None:
    """Fill a queue that runs low: draw a batch, queue missing reference cases, withdraw cases nobody can take.

    The batch is drawn before the transaction begins, because drawing is slow. If a parallel fill takes some of its images
    meanwhile, the constraint on assignments leaves them out. Returns the selection, or None if nothing was drawn.
    """
    if size is None:
        size = wanted(project)
    if seed is None:
        seed = secrets.randbelow(2**63)  # what a signed 64-bit column holds
    batch = batch_draw(project, size, seed) if size else None
    with lease.finishing() if lease else transaction.atomic():
        # One fill of a project at a time: slots are numbered and free images are looked up below.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        unreadable_withdraw(project=project)
        reference_queue(project=project)
        selection = None
        if batch is not None:
            selection = batch_store(project=project, batch=batch)
            strategy_note(project=project, failed=batch.failed)
        urgency_ask(project=project)
        return selection


def wanted(project: Project) -> int:
    """How many cases to draw now, by the project's policy.

    0 while images still arrive and there are no more than a batch holds: taking each image as it comes is no choice.
    The last image to arrive, or the check once a minute, asks again. Readers do not wait for that: if no fresh case is
    left, what has arrived is drawn at once. A skipped case in a later slot is not fresh; there may be no reader for it.
    """
    waiting = Assignment.objects.filter(project=project, state=QUEUED, purpose__in=SHARES)
    # Half a batch is left when the next is drawn, so that readers do not run dry while a slow strategy ranks.
    if not project.auto_fill or waiting.count() > project.batch_size // 2:
        return 0
    if waiting.filter(slot=0).exists() and _arriving(project):
        return 0
    return project.batch_size


def _arriving(project: Project) -> bool:
    """Whether there is nothing to choose among yet, as images are on their way or one came a moment ago."""
    moment = timezone.now() - timedelta(seconds=settings.SELECTION_QUIET_SECONDS)
    fresh = Q(state__in=[JobState.QUEUED, JobState.RUNNING]) | Q(created_at__gt=moment)
    coming = arrival_jobs(project.pk).filter(fresh)
    return coming.exists() and unread_of(project).count() <= project.batch_size


def batch_draw(project: Project, size: int, seed: int) -> DrawnBatch | None:
    """Draw a batch, the same for the same seed and the same rows; None if there is nothing to draw from."""
    context = context_of(project, size, seed)
    if context is None:
        return None
    picks = picks_of(context)
    return DrawnBatch(
        cases=_timed(context, _cases(context, picks)),
        pipeline=context.pipeline,
        candidates=context.pool.available,
        shares=shares_of(project),
        typical_minutes=context.expected.typical if context.expected else None,
        seed=seed,
        size=size,
        failed=failure_of(context.strategy),
    )


def picks_of(context: DrawContext) -> tuple[Pick, ...]:
    """What the pure `compose` makes of these arrays and this seed, each image once.

    An image may be a candidate of gold, repeats and second looks at the same time.
    """
    picks = compose(
        context.pool,
        n=context.room(),
        shares=shares_of(context.project),
        strategy=context.strategy,
        patient_ids=context.patients(),
        patient_cap=context.project.patient_cap,
        seed=context.seed,
        lists={arm: candidate_list(arm, of_arm) for arm, of_arm in context.rereads.items()},
        quotas=quotas_of(context.project, context.pool),
        minutes=context.minutes(),
        waiting=context.waiting,
    )
    once: dict[UUID, Pick] = {}
    for pick in picks:
        once.setdefault(context.image(pick.row), pick)
    return tuple(once.values())


def _cases(context: DrawContext, picks: Sequence[Pick]) -> list[DrawnCase]:
    """The picks as they will be queued, each with its reason."""
    unread = [pick.row for pick in picks if pick.row < context.start]
    names = [context.image(row) for row in unread]
    images = Image.objects.select_related("study__patient").in_bulk(names)
    # Reasons quote the champion's scores, never the scout's that ranked the pool: a scout is not shown to anybody.
    shown = champion_pool(context.pipeline, ids_of(names))
    places = {row: place for place, row in enumerate(unread)}
    cases = []
    for pick in picks:
        if candidate := context.candidate(pick.row):
            cases.append(DrawnCase(candidate.image, pick, True, candidate.reason, True, candidate.for_reader, None))
            continue
        image = images[context.image(pick.row)]
        blind = reads_blind(project=context.project, image=image, purpose=pick.arm)
        reason = reason_of(pick, shown, places[pick.row], context.pipeline)
        cases.append(DrawnCase(image.pk, pick, blind, reason, False, None, None))
    return cases


def _timed(context: DrawContext, cases: Sequence[DrawnCase]) -> tuple[DrawnCase, ...]:
    if context.expected is None:
        return tuple(cases)
    groups = groups_of(context.pipeline, [case.image for case in cases], [case.blind for case in cases])
    timed = []
    for case, group in zip(cases, groups, strict=True):
        timed.append(replace(case, minutes=context.expected.of(group)))
    return tuple(timed)


def batch_store(*, project: Project, batch: DrawnBatch) -> Selection | None:
    """Store a batch as a selection and its assignments, in the caller's transaction; None if all its images are taken."""
    cases = _still_free(project, batch.cases)
    if not cases:
        return None
    minutes = [case.minutes for case in cases if case.minutes is not None]
    selection = Selection.objects.create(
        project=project,
        strategy="random" if batch.failed else project.strategy,
        seed=batch.seed,
        size=batch.size,
        pipeline=batch.pipeline,
        candidates=batch.candidates,
        shares=batch.shares,
        drawn=dict(Counter(case.pick.arm for case in cases)),
        minutes=sum(minutes) if minutes else None,
        typical_minutes=batch.typical_minutes,
    )
    unread = []
    rereads = []
    for case, rank in zip(cases, _ranks(len(cases), batch.seed), strict=True):
        if case.reread:
            rereads.append((case, rank))
        else:
            unread.append(_assignment(project, selection, case, rank, 0))
    Assignment.objects.bulk_create(unread)
    # An image that has been offered before has some of its slots taken. Finding a free one costs a lock and a query,
    # which the many unread images do without.
    for case, rank in rereads:
        slot = slot_free(project, Image(pk=case.image), case.pick.arm)
        _assignment(project, selection, case, rank, slot).save()
    event_append(verb="selection.draw", target=selection, project=project.pk, picks=len(cases))
    return selection


def _ranks(count: int, seed: int) -> list[float]:
    """Ranks (count,) in 0..1 in reading order, each at random within its part of the range.

    So the single case of a batch of one may stand anywhere in the queue.
    """
    # Batches that wait interleave by rank. At even steps all their first cases would come before any second one.
    within = np.random.default_rng([seed, *b"rank"]).random(count)
    ranks: list[float] = ((np.arange(count) + within) / count).tolist()
    return ranks


def _still_free(project: Project, cases: tuple[DrawnCase, ...]) -> list[DrawnCase]:
    """The cases whose image is still free: since the draw nobody has read it, and no other assignment has taken it."""
    chosen = [case.image for case in cases]
    free = set(unread_of(project).filter(pk__in=chosen).values_list("pk", flat=True))
    standing = Assignment.objects.filter(project=project, image__in=chosen, state__in=OPEN)
    taken = set(standing.values_list("image", flat=True))
    still = []
    for case in cases:
        if case.reread:
            is_free = case.image not in taken
        else:
            is_free = case.image in free
        if is_free:
            still.append(case)
    return still


def _assignment(project: Project, selection: Selection, case: DrawnCase, rank: float, slot: int) -> Assignment:
    pick = case.pick
    return Assignment(
        project=project,
        image_id=case.image,
        purpose=pick.arm,
        slot=slot,
        selection=selection,
        strategy=pick.strategy,
        blind=case.blind,
        for_reader_id=case.for_reader,
        rank=rank,
        score=pick.score,
        probability=pick.probability,
        reason=case.reason,
    )


def queues_top_up() -> None:
    """Look at every project whether its queue should be filled: called about once a minute."""
    for project in Project.objects.all():
        if readable_in(project).exists() and wanted(project):
            fill_request(project=project.pk)
