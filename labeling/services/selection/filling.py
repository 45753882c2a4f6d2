"""A batch drawn by the project's strategy and queued."""

from __future__ import annotations

import secrets

import numpy as np
from django.db import transaction

from inference.models import Pipeline
from inference.queries import champion_of
from labeling.models import Assignment, Purpose, Selection
from labeling.selection.arms import Pick, compose
from labeling.selection.pool import Pool
from labeling.services.queue import reads_blind
from labeling.services.selection.candidates import Candidates, candidates_find, candidates_of
from labeling.services.selection.reasons import reason_of
from labeling.services.selection.reference import reference_queue
from labeling.services.selection.strategy import strategy_for
from labeling.services.selection.viewing import View, view_of
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
        selection = batch_store(project, *drawn) if drawn else None
        urgency_ask(project=project)
        return selection


def _wanted(project: Project) -> int:
    """How many cases to draw now, by the project's policy."""
    if not project.auto_fill:
        return 0
    waiting = Assignment.objects.filter(project=project, state=QUEUED, purpose__in=SHARES).count()
    return project.batch_size if waiting <= project.batch_size // 2 else 0


Drawn = tuple[Pipeline | None, Candidates, View, tuple[Pick, ...], int]


def _draw(project: Project, size: int, seed: int) -> Drawn | None:
    found = candidates_find(project)
    if not len(found):
        return None
    pipeline = champion_of(project)
    view = view_of(project, pipeline, found.images)
    nothing = Pool(np.empty((len(found), 0), np.float32), ())
    return pipeline, found, view or View(nothing, nothing), picks_of(project, found, view, size, seed), seed


def picks_of(project: Project, found: Candidates, view: View | None, size: int, seed: int) -> tuple[Pick, ...]:
    """What the pure `compose` makes of these arrays and this seed."""
    pool = view.ranked if view else Pool(np.empty((len(found), 0), np.float32), ())
    return compose(
        pool,
        n=min(size, len(found)),
        shares={"exploit": 1 - project.audit_share, "audit": project.audit_share},
        strategy=strategy_for(project.strategy, view.ranked if view else None),
        patient_ids=np.concatenate([found.patients, np.full(len(pool) - len(found), -1)]),
        patient_cap=project.patient_cap,
        seed=seed,
    )


def batch_store(
    project: Project, pipeline: Pipeline | None, found: Candidates, view: View, picks: tuple[Pick, ...], seed: int
) -> Selection | None:
    free = candidates_of(project).filter(pk__in=[found.image(pick.row) for pick in picks])
    images = {image.pk: image for image in free.select_related("study__patient")}
    chosen = [(pick, images[found.image(pick.row)]) for pick in picks if found.image(pick.row) in images]
    if not chosen:
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
            image=image,
            purpose=pick.arm,
            selection=selection,
            strategy=pick.strategy,
            blind=reads_blind(project=project, image=image, purpose=pick.arm),
            rank=place / len(chosen),
            score=pick.score,
            probability=pick.probability,
            reason=reason_of(pick, view.shown, pipeline),
        )
        for place, (pick, image) in enumerate(chosen)
    )
    event_append(verb="selection.draw", target=selection, project=project.pk, picks=len(chosen))
    return selection


def queues_top_up() -> None:
    """Look at every project whether its queue should be filled: called about once a minute."""
    for project in Project.objects.all():
        if Image.objects.filter(enrolments__project=project, status=Image.Status.READY).exists() and _wanted(project):
            job_enqueue_once(kind="labeling.fill", project=project.pk, of=project.pk)
