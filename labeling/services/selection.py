"""What is read next: filling the queue by the project's strategy, and ordering it anew after new labels. For workers
only.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from inference.engine.outputs import OutputLayout
from inference.models import Pipeline
from inference.queries import Table, champion_of, scores_of
from labeling.models import Assignment, Purpose, Read, ReferenceLabel, Selection
from labeling.selection import strategies
from labeling.selection.arms import Pick, compose
from labeling.selection.by_path import by_path
from labeling.selection.pool import Output, Pool
from labeling.selection.reasons import reason
from labeling.services.queue import reads_blind
from labeling.services.scout import scout_scores
from labeling.services.urgency import urgency_ask
from overread.archive.models import Image
from overread.audit.services import event_append
from overread.jobs.running import Lease
from overread.jobs.services import job_enqueue_once
from overread.projects.models import Project

QUEUED = Assignment.State.QUEUED
SHARES = (Purpose.EXPLOIT, Purpose.AUDIT)


def finding_names(project: Project) -> dict[str, str]:
    """Finding slug → name, as it stands inside a sentence."""
    return {slug: name.lower() for slug, name in project.findings.values_list("slug", "name")}


def pool_of(pipeline: Pipeline, values: NDArray[np.float32]) -> Pool:
    """The selector's view of (N, K) values: rows without a score are excluded, and so are measurements, whose spread
    one head does not tell."""
    layout, names = OutputLayout.from_list(pipeline.classifier.card["layout"]), finding_names(pipeline.project)
    ranked = [
        (output, columns) for output, columns in zip(layout, layout.slices, strict=True) if output.kind != "measurement"
    ]
    outputs = np.concatenate([values[:, columns] for _, columns in ranked] or [values[:, :0]], axis=1)
    return Pool(
        outputs,
        tuple(Output(names.get(output.name, output.name), output.kind, output.options) for output, _ in ranked),
        excluded=np.asarray(np.isnan(values).any(axis=1)),
    )


def strategy_check(name: str) -> None:
    """Raises ValidationError for a name nobody knows. A dotted path is imported by workers only, never here."""
    if ":" not in name and name not in strategies.names():
        raise ValidationError(_("There is no such strategy; choose one of %s.") % ", ".join(strategies.names()))


def strategy_of(name: str) -> strategies.Strategy:
    """A registered strategy by name, or a query function of modAL's signature by its dotted path (module:function)."""
    return by_path(name) if ":" in name else strategies.get(name)


def candidates_of(project: Project) -> QuerySet[Image]:
    """Images that may be chosen for training: ready, not of the reference set, not read, not labelled, not in the
    queue.
    """
    same = {"project": project, "image": OuterRef("pk")}
    images = Image.objects.filter(
        enrolments__project=project, status=Image.Status.READY, study__patient__reference=False
    )
    images = images.exclude(Exists(Read.objects.filter(**same))).exclude(Exists(ReferenceLabel.objects.filter(**same)))
    return images.exclude(Exists(Assignment.objects.filter(**same).exclude(state=Assignment.State.WITHDRAWN)))


@dataclass(frozen=True)
class View:
    """What is known of some images. `ranked`: what orders them, by the scout where one can be fitted, else by the
    champion. `shown`: what the champion says, the only one whose numbers a reason may quote.
    """

    ranked: Pool
    shown: Pool


def view_of(project: Project, pipeline: Pipeline, images: Sequence[UUID]) -> View | None:
    """The view of these images, row by row; None where nothing can be ranked by it."""
    champion = scores_of(pipeline)
    ranked = scout_scores(project=project, pipeline=pipeline) or champion
    view = View(pool_of(pipeline, values_of(ranked, images)), pool_of(pipeline, values_of(champion, images)))
    return view if view.ranked.layout and view.ranked.available else None


def values_of(table: Table, images: Sequence[UUID]) -> NDArray[np.float32]:
    """(N, K) values of these images, NaN where the table lacks one."""
    rows = table.rows()
    out = np.full((len(images), table.values.shape[1]), np.nan, np.float32)
    known = [(place, rows[image]) for place, image in enumerate(images) if image in rows]
    if known:
        places, found = np.array(known).T
        out[places] = table.values[found]
    return out


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
            reason=_reason(pick, view.shown, pipeline),
        )
        for place, pick in enumerate(picks)
    )
    event_append(verb="selection.draw", target=selection, project=project.pk, picks=len(picks))
    return selection


def _reason(pick: Pick, shown: Pool, pipeline: Pipeline | None) -> str:
    if pick.arm == Purpose.AUDIT:
        return "Random audit"
    if pipeline is None or not shown.layout:
        return "Drawn at random: no model yet"
    if shown.excluded is not None and shown.excluded[pick.row]:
        return "Chosen by the newest answers"
    return reason(pick, shown.layout, shown.outputs[pick.row].tolist(), thresholds_of(pipeline))[:200]


def thresholds_of(pipeline: Pipeline) -> dict[str, float]:
    names = finding_names(pipeline.project)
    return {names.get(slug, slug): threshold for slug, threshold in pipeline.classifier.card["thresholds"].items()}


def reference_queue(*, project: Project) -> int:
    """Queue the reference set's images for as many blind readers as the project wants; imported standards need none."""
    settled = ReferenceLabel.objects.filter(project=project, image=OuterRef("pk"), independent=True)
    queued = Assignment.objects.filter(project=project, image=OuterRef("pk"), purpose=Purpose.REFERENCE)
    images = (
        Image.objects.filter(enrolments__project=project, status=Image.Status.READY, study__patient__reference=True)
        .exclude(Exists(settled))
        .exclude(Exists(queued))
    )
    rng = np.random.default_rng(secrets.randbits(64))
    rows = [
        Assignment(
            project=project,
            image=image,
            purpose=Purpose.REFERENCE,
            slot=slot,
            blind=True,
            rank=float(rank),
            probability=None,
            reason="Reference case",
        )
        for image, rank in zip(images, rng.random(len(images)), strict=True)
        for slot in range(project.reference_readers)
    ]
    Assignment.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def queue_reorder(*, project: Project, lease: Lease | None = None) -> int:
    """Order the waiting exploit cases anew by the newest scout; audit and reference cases keep their places.

    The exploit cases share out the ranks they hold, so that the mixture of the queue stays. Returns how many moved.
    """
    waiting = (
        Assignment.objects.filter(project=project, state=QUEUED, purpose=Purpose.EXPLOIT)
        .select_related("image")
        .order_by("rank")
    )
    cases, pipeline = list(waiting), champion_of(project)
    view = view_of(project, pipeline, [case.image_id for case in cases]) if cases and pipeline else None
    moved = _reranked(project, cases, view, pipeline) if view and pipeline else []
    with lease.finishing() if lease else transaction.atomic():
        for case in moved:
            Assignment.objects.filter(pk=case.pk, state=QUEUED).update(
                rank=case.rank, score=case.score, reason=case.reason
            )
        job_enqueue_once(kind="labeling.fill", project=project.pk, of=project.pk)
    return len(moved)


def _reranked(project: Project, cases: list[Assignment], view: View, pipeline: Pipeline) -> list[Assignment]:
    picks = strategy_of(project.strategy)(view.ranked, view.ranked.available, rng=np.random.default_rng(len(cases)))
    order = [int(row) for row in picks.rows] + sorted(set(range(len(cases))) - set(picks.rows.tolist()))
    ranks = [case.rank for case in cases]
    scores = dict(zip(picks.rows.tolist(), picks.scores.tolist(), strict=True))
    moved = []
    for place, row in enumerate(order):
        case = cases[row]
        if row in scores:
            pick = Pick(row, "exploit", project.strategy, scores[row], None)
            case.score, case.reason = scores[row], _reason(pick, view.shown, pipeline)
        case.rank = ranks[place]
        moved.append(case)
    return moved


def queues_top_up() -> None:
    """Look at every project whether its queue should be filled: called about once a minute."""
    for project in Project.objects.all():
        if Image.objects.filter(enrolments__project=project, status=Image.Status.READY).exists() and _wanted(project):
            job_enqueue_once(kind="labeling.fill", project=project.pk, of=project.pk)
