"""A batch drawn by the project's strategy and queued."""

from __future__ import annotations

import secrets

import numpy as np
from django.db import transaction

from inference.models import Pipeline
from inference.queries import champion_of
from labeling.models import Assignment, Purpose, Selection
from labeling.selection import strategies
from labeling.selection.arms import Pick, compose
from labeling.selection.pool import Pool
from labeling.services.queue import reads_blind
from labeling.services.selection.reasons import reason_of
from labeling.services.selection.reference import reference_queue
from labeling.services.selection.strategy import strategy_of
from labeling.services.selection.viewing import View, candidates_of, view_of
from labeling.services.urgency import urgency_ask
from overread.archive.models import Image
from overread.audit.services import event_append
from overread.jobs.running import Lease
from overread.jobs.services import job_enqueue_once
from overread.projects.models import Project

QUEUED = Assignment.State.QUEUED
SHARES = (Purpose.EXPLOIT, Purpose.AUDIT)


def queue_fill(
    *, project: Project, lease: Lease | None = None, seed: int | None = None, size: int | None = None
) -> Selection | None:
    """Draw a batch when the queue runs low, and queue what the reference set still lacks.

    The slow part is done before the transaction; images taken meanwhile by a parallel fill are left out by the
    assignments' own constraint. Returns the selection, or None where nothing was drawn.
    """
    wanted = _wanted(project) if size is None else size
    drawn = _draw(project, wanted, secrets.randbelow(2**63) if seed is None else seed) if wanted else None
    with lease.finishing() if lease else transaction.atomic():
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        reference_queue(project=project)
        selection = _queue(project, *drawn) if drawn else None
        urgency_ask(project=project)
        return selection


def _wanted(project: Project) -> int:
    """How many cases to draw now, by the project's policy."""
    if not project.auto_fill:
        return 0
    waiting = Assignment.objects.filter(project=project, state=QUEUED, purpose__in=SHARES).count()
    return project.batch_size if waiting <= project.batch_size // 2 else 0


Drawn = tuple[Pipeline | None, list[Image], View, tuple[Pick, ...], int]


def _draw(project: Project, size: int, seed: int) -> Drawn | None:
    images = list(candidates_of(project).select_related("study__patient").order_by("pk"))
    if not images:
        return None
    pipeline = champion_of(project)
    view = view_of(project, pipeline, [image.pk for image in images]) if pipeline else None
    strategy = strategy_of(project.strategy) if view else strategies.get("random")
    nothing = Pool(np.empty((len(images), 0), np.float32), ())
    view = view or View(nothing, nothing)
    picks = compose(
        view.ranked,
        n=min(size, len(images)),
        shares={"exploit": 1 - project.audit_share, "audit": project.audit_share},
        strategy=strategy,
        patient_ids=[image.study.patient_id for image in images],
        patient_cap=project.patient_cap,
        seed=seed,
    )
    return pipeline, images, view, picks, seed


def _queue(
    project: Project, pipeline: Pipeline | None, images: list[Image], view: View, picks: tuple[Pick, ...], seed: int
) -> Selection | None:
    chosen = [images[pick.row].pk for pick in picks]
    free = set(candidates_of(project).filter(pk__in=chosen).values_list("pk", flat=True))
    picks = tuple(pick for pick in picks if images[pick.row].pk in free)
    if not picks:
        return None
    selection = Selection.objects.create(
        project=project,
        strategy=project.strategy,
        seed=seed,
        pipeline=pipeline,
        candidates=view.ranked.available,
        shares={"exploit": 1 - project.audit_share, "audit": project.audit_share},
    )
    Assignment.objects.bulk_create(
        Assignment(
            project=project,
            image=images[pick.row],
            purpose=pick.arm,
            selection=selection,
            strategy=pick.strategy,
            blind=reads_blind(project=project, image=images[pick.row], purpose=pick.arm),
            rank=place / len(picks),
            score=pick.score,
            probability=pick.probability,
            reason=reason_of(pick, view.shown, pipeline),
        )
        for place, pick in enumerate(picks)
    )
    event_append(verb="selection.draw", target=selection, project=project.pk, picks=len(picks))
    return selection


def queues_top_up() -> None:
    """Look at every project whether its queue should be filled: called about once a minute."""
    for project in Project.objects.all():
        if Image.objects.filter(enrolments__project=project, status=Image.Status.READY).exists() and _wanted(project):
            job_enqueue_once(kind="labeling.fill", project=project.pk, of=project.pk)
