"""Asking for a run, and cancelling it. Every trigger comes through `run_request`, under the project's row lock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from labeling.queries.labels import reads_teaching
from overread.accounts.models import User
from overread.audit.services import event_append
from overread.jobs.models import Job
from overread.jobs.services import job_cancel
from overread.projects.models import Project
from training.jobs import run_enqueue, run_key
from training.models import Run
from training.services.snapshots import NothingToLearn, snapshot_create

Trigger = Literal["button", "rest", "command", "labels", "schedule", "demo"]

__all__ = ["NothingToLearn", "RunActive", "run_cancel", "run_fail", "run_request", "runs_due"]


class RunActive(Exception):
    """A run of this project waits or is under way. `run` is it."""

    def __init__(self, run: Run) -> None:
        super().__init__(f"Run {run.number} is {run.state}. Wait for it, or cancel it.")
        self.run = run


@transaction.atomic
def run_request(
    *, project: Project, trigger: Trigger, requested_by: User | None = None, why: str = "", **overrides: Any
) -> Run:
    """Freeze the labels and queue a run on them. `overrides` are fields of the recipe.

    Raises RunActive while another run is under way, NothingToLearn, and ValueError naming a field of the recipe.
    """
    from training.engine.recipe import Recipe

    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if active := Run.objects.filter(project=project, state__in=Run.ACTIVE).first():
        raise RunActive(active)
    recipe = Recipe.from_dict({**project.recipe, **overrides})
    number = (Run.objects.filter(project=project).aggregate(n=Max("number"))["n"] or 0) + 1
    run = Run.objects.create(
        project=project,
        number=number,
        snapshot=snapshot_create(project=project),
        recipe=recipe.to_dict(),
        trigger=trigger,
        why=why,
        requested_by=requested_by,
        labels_seen=reads_teaching(project).count(),
    )
    event_append(verb="run.request", actor=requested_by, target=run, project=project.pk, trigger=trigger)
    run_enqueue(run=run)
    return run


@transaction.atomic
def run_cancel(*, run: Run, actor: User | None) -> bool:
    """Stop a run; the worker notices within seconds and writes nothing more. False when it was over."""
    stopped = Run.objects.filter(pk=run.pk, state__in=Run.ACTIVE).update(
        state=Run.State.CANCELLED, finished_at=timezone.now()
    )
    if stopped:
        job_cancel(job=Job.objects.get(key=run_key(run)), actor=actor)
        event_append(verb="run.cancel", actor=actor, target=run, project=run.project_id)
    return bool(stopped)


def run_fail(job: Job) -> None:
    """The job of a run died: the run has failed, with the job's error."""
    Run.objects.filter(pk=job.arguments["run"], state__in=Run.ACTIVE).update(
        state=Run.State.FAILED, error=job.error, finished_at=timezone.now()
    )


def runs_due(project: Project | None = None) -> list[Run]:
    """Request a run wherever a project's policy says it is time: so many new reads, or so many hours, since the last."""
    projects = Project.objects.all() if project is None else Project.objects.filter(pk=project.pk)
    started = []
    for candidate in projects:
        if due := _due(candidate):
            try:
                with transaction.atomic():
                    started.append(run_request(project=candidate, trigger=due[0], why=due[1]))
            except (RunActive, NothingToLearn, IntegrityError):
                continue
    return started


def _due(project: Project) -> tuple[Trigger, str] | None:
    last = Run.objects.filter(project=project).order_by("-number").first()
    fresh = reads_teaching(project).count() - (last.labels_seen if last else 0)
    if project.retrain_labels and fresh >= project.retrain_labels:
        return "labels", f"{fresh} new reads since run {last.number}" if last else f"{fresh} reads"
    since = last.created_at if last else project.created_at
    if project.retrain_hours and fresh and timezone.now() - since >= timedelta(hours=project.retrain_hours):
        return "schedule", f"Every {project.retrain_hours} h, {fresh} new reads"
    return None
