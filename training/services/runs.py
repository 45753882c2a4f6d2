"""Requesting a run and cancelling it. Every trigger goes through `run_request`, under the project's row lock."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from inference.engine.weights_file import check_weights
from labeling.queries.labels import reads_teaching
from overread.accounts.models import User
from overread.audit.services import event_append
from overread.jobs.models import Job
from overread.jobs.services import job_cancel
from overread.projects.models import Project
from training.jobs import run_enqueue, run_key
from training.models import Run
from training.services.snapshots import NothingToLearn, snapshot_create

if TYPE_CHECKING:
    from training.engine.recipe import Recipe

Trigger = Literal["button", "rest", "command", "labels", "schedule", "demo"]

__all__ = ["NothingToLearn", "RunActive", "run_cancel", "run_fail", "run_request", "runs_due"]


class RunActive(Exception):
    """Another run of this project (`run`) is queued or running."""

    def __init__(self, run: Run) -> None:
        super().__init__(f"Run {run.number} is {run.state}. Wait for it, or cancel it.")
        self.run = run


def run_request(
    *, project: Project, trigger: Trigger, requested_by: User | None = None, why: str = "", **overrides: Any
) -> Run:
    """Freeze the labels and queue a run on them. `overrides` are fields of the recipe.

    Raises RunActive while another run is under way, NothingToLearn, and ValueError naming a field of the recipe, also where a
    file of weights is not there, not whole or not the one meant.
    """
    from training.engine.recipe import Recipe

    recipe = Recipe.from_dict({**project.recipe, **overrides})
    # Outside the transaction: the hash of a large file takes seconds.
    _check_weights(recipe)
    return _run_create(project=project, recipe=recipe.to_dict(), trigger=trigger, requested_by=requested_by, why=why)


def _check_weights(recipe: Recipe) -> None:
    """Raises ArtifactError, a ValueError, unless the file that the recipe begins with is there and whole."""
    kind, _, path = recipe.initial.partition(":")
    if kind == "file":
        check_weights(Path(path), recipe.initial_sha256, recipe.architecture)


@transaction.atomic
def _run_create(
    *,
    project: Project,
    recipe: dict[str, Any],
    trigger: Trigger,
    requested_by: User | None,
    why: str,
    refused: str = "",
) -> Run:
    """`refused`: why this run cannot be. It then stands among the runs as one that failed, and no job does it."""
    # Two triggers at once wait for each other here; the second then sees the first one's run. no_key: rows that refer to
    # the project, such as new reads, can still be inserted meanwhile.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if active := Run.objects.filter(project=project, state__in=Run.ACTIVE).first():
        raise RunActive(active)
    last = Run.objects.filter(project=project).aggregate(n=Max("number"))["n"]
    run = Run.objects.create(
        project=project,
        number=(last or 0) + 1,
        snapshot=snapshot_create(project=project),
        recipe=recipe,
        trigger=trigger,
        why=why,
        requested_by=requested_by,
        labels_seen=reads_teaching(project).count(),
    )
    event_append(verb="run.request", actor=requested_by, target=run, project=project.pk, trigger=trigger)
    if refused:
        Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, error=refused, finished_at=timezone.now())
    else:
        run_enqueue(run=run)
    return run


@transaction.atomic
def run_cancel(*, run: Run, actor: User | None) -> bool:
    """Stop a run. The worker notices within seconds and writes nothing more. False when the run was over already."""
    # Filtered by state in the statement itself: a run that finishes at the same moment stays finished.
    active = Run.objects.filter(pk=run.pk, state__in=Run.ACTIVE)
    stopped = active.update(state=Run.State.CANCELLED, finished_at=timezone.now())
    if stopped:
        job_cancel(job=Job.objects.get(key=run_key(run)), actor=actor)
        event_append(verb="run.cancel", actor=actor, target=run, project=run.project_id)
    return bool(stopped)


def run_fail(job: Job) -> None:
    """Mark the run of a failed job as failed, with the job's error."""
    active = Run.objects.filter(pk=job.arguments["run"], state__in=Run.ACTIVE)
    active.update(state=Run.State.FAILED, error=job.error, finished_at=timezone.now())


def runs_due(project: Project | None = None) -> list[Run]:
    """Request a run in every project, or this one, whose policy says that it is time. Returns the runs requested.

    A policy asks for a run after so many new reads, or so many hours, since the last one. Where the recipe cannot be followed,
    as its file of weights has gone, a failed run says so: nobody else is there to be told.
    """
    projects = Project.objects.all()
    if project is not None:
        projects = projects.filter(pk=project.pk)
    requested = []
    for candidate in projects:
        due = _due(candidate)
        if due is None:
            continue
        trigger, why = due
        try:
            # A transaction of its own, so that a refusal here undoes nothing of the other projects.
            with transaction.atomic():
                requested.append(_run_due(candidate, trigger, why))
        except (RunActive, NothingToLearn, IntegrityError):
            # IntegrityError: another worker requested this project's run at the same moment.
            continue
    return requested


def _run_due(project: Project, trigger: Trigger, why: str) -> Run:
    try:
        return run_request(project=project, trigger=trigger, why=why)
    except ValueError as unfit:
        recipe = dict(project.recipe)
        return _run_create(
            project=project, recipe=recipe, trigger=trigger, requested_by=None, why=why, refused=str(unfit)
        )


def _due(project: Project) -> tuple[Trigger, str] | None:
    """The trigger and the reason of a run that is due now. None where none is."""
    last = Run.objects.filter(project=project).order_by("-number").first()
    new_reads = reads_teaching(project).count()
    since = project.created_at
    reason = f"{new_reads} reads"
    if last:
        new_reads -= last.labels_seen
        since = last.created_at
        reason = f"{new_reads} new reads since run {last.number}"
    if project.retrain_labels and new_reads >= project.retrain_labels:
        return "labels", reason
    # Without a new read the same labels would be learned again.
    if not (project.retrain_hours and new_reads):
        return None
    if timezone.now() - since < timedelta(hours=project.retrain_hours):
        return None
    return "schedule", f"Every {project.retrain_hours} h, {new_reads} new reads"
