"""A batch drawn by the project's policies and queued."""

from __future__ import annotations

import secrets
from collections import Counter
from datetime import timedelta

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from labeling.models import Assignment, Purpose, Selection
from labeling.services.leaving import slot_free
from labeling.services.selection.candidates import OPEN, candidates_of
from labeling.services.selection.drawing import Case, Drawn, batch_draw
from labeling.services.selection.failing import strategy_note
from labeling.services.selection.reference import reference_queue
from labeling.services.selection.withdrawing import unreadable_withdraw
from labeling.services.urgency import urgency_ask
from overread.archive.models import Image
from overread.archive.queries import readable_in
from overread.audit.services import event_append
from overread.jobs.models import Job
from overread.jobs.models import State as JobState
from overread.jobs.running import Lease
from overread.jobs.services import job_enqueue_once
from overread.projects.models import Project

QUEUED = Assignment.State.QUEUED
SHARES = (Purpose.EXPLOIT, Purpose.AUDIT)
"""What any reader can take: when few of these wait the queue runs low."""
ARRIVING = ("archive.render", "inference.predict")
"""The jobs that an image goes through before it can be chosen."""


def queue_fill(
    *, project: Project, lease: Lease | None = None, seed: int | None = None, size: int | None = None
) -> Selection | None:
    """Draw a batch when the queue runs low, queue what the reference set still lacks, and withdraw what nobody can take.

    The slow part is done before the transaction; images taken meanwhile by a parallel fill are left out by the
    assignments' own constraint. Returns the selection, or None where nothing was drawn.
    """
    size = wanted(project) if size is None else size
    drawn = batch_draw(project, size, secrets.randbelow(2**63) if seed is None else seed) if size else None
    with lease.finishing() if lease else transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        unreadable_withdraw(project=project)
        reference_queue(project=project)
        selection = batch_store(project=project, drawn=drawn) if drawn else None
        strategy_note(project=project, failed=drawn.failed if drawn else None)
        urgency_ask(project=project)
        return selection


def wanted(project: Project) -> int:
    """How many cases to draw now, by the project's policy.

    None while images arrive and no more are there than would be drawn: whoever takes each as it comes has chosen none.
    The last to arrive, or the minute's top-up, asks again. But nobody waits for that: where no fresh case is left (one
    that was skipped, in a later slot, may be nobody's to read) what is there is drawn at once.
    """
    waiting = Assignment.objects.filter(project=project, state=QUEUED, purpose__in=SHARES)
    if not project.auto_fill or waiting.count() > project.batch_size // 2:
        return 0
    return 0 if waiting.filter(slot=0).exists() and _arriving(project) else project.batch_size


def _arriving(project: Project) -> bool:
    """Whether there is nothing to choose among yet, as images are on their way or one came a moment ago."""
    moment = timezone.now() - timedelta(seconds=settings.SELECTION_QUIET_SECONDS)
    coming = Job.objects.filter(Q(state__in=[JobState.QUEUED, JobState.RUNNING]) | Q(created_at__gt=moment))
    coming = coming.filter(project_id=project.pk, kind__in=ARRIVING)
    return coming.exists() and candidates_of(project).count() <= project.batch_size


def batch_store(*, project: Project, drawn: Drawn) -> Selection | None:
    """Store a batch as a selection and its assignments, in the caller's transaction; None where all of it is taken."""
    cases = _still_free(project, drawn.cases)
    if not cases:
        return None
    minutes = [case.minutes for case in cases if case.minutes is not None]
    selection = Selection.objects.create(
        project=project,
        strategy="random" if drawn.failed else project.strategy,
        seed=drawn.seed,
        size=drawn.size,
        pipeline=drawn.pipeline,
        candidates=drawn.candidates,
        shares=drawn.shares,
        drawn=dict(Counter(case.pick.arm for case in cases)),
        minutes=sum(minutes) if minutes else None,
        typical_minutes=drawn.typical_minutes,
    )
    ranked = list(zip(cases, _ranks(len(cases), drawn.seed), strict=True))
    Assignment.objects.bulk_create(
        _assignment(project, selection, case, rank, 0) for case, rank in ranked if not case.again
    )
    for case, rank in ranked:
        if case.again:
            slot = slot_free(project, Image(pk=case.image), case.pick.arm)
            _assignment(project, selection, case, rank, slot).save()
    event_append(verb="selection.draw", target=selection, project=project.pk, picks=len(cases))
    return selection


def _ranks(count: int, seed: int) -> list[float]:
    """The ranks 0..1 of a batch in reading order, each by lot within its part of them: a batch of one stands anywhere."""
    lots = np.random.default_rng([seed, *b"rank"]).random(count)
    ranks: list[float] = ((np.arange(count) + lots) / count).tolist()
    return ranks


def _still_free(project: Project, cases: tuple[Case, ...]) -> list[Case]:
    """Those whose image nobody has taken since they were drawn."""
    chosen = [case.image for case in cases]
    free = set(candidates_of(project).filter(pk__in=chosen).values_list("pk", flat=True))
    standing = Assignment.objects.filter(project=project, image__in=chosen, state__in=OPEN)
    taken = set(standing.values_list("image", flat=True))
    return [case for case in cases if (case.image not in taken if case.again else case.image in free)]


def _assignment(project: Project, selection: Selection, case: Case, rank: float, slot: int) -> Assignment:
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
            job_enqueue_once(kind="labeling.fill", project=project.pk, of=project.pk)
