"""Doing a run: load the snapshot's images, train, package, register the model. For workers and commands only."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from inference.engine.bundle import Bundle
from inference.services.versions import bundle_load, bundle_store, version_register
from overread.jobs.running import JobRefused, Lease, ShutdownRequested
from overread.jobs.services import LeaseLost
from training.engine.attention import attention_report
from training.engine.dataset import LabelsUnfit, Split, TrainingSet
from training.engine.initial_weights import backbone_check
from training.engine.loop import fit
from training.engine.packaging import package
from training.engine.recipe import Recipe
from training.engine.results import Fitted
from training.engine.shortcuts import shortcut_report
from training.engine.trainer import Stopped
from training.jobs import judge_request
from training.models import Run
from training.services.held_out_metrics import held_out_metrics
from training.services.progress import ProgressReporter
from training.services.training_data import held_out_cases, training_set


def run_execute(*, run: Run, lease: Lease) -> None:
    """Train by the run's recipe on its snapshot. An earlier attempt's checkpoint is continued.

    Afterwards a job of its own puts the model before the gate. Raises LeaseLost for a cancelled run, with nothing
    written; ShutdownRequested when the worker is asked to stop; JobRefused when the run is over already, its labels are none,
    or its network cannot be built or begin with the weights named.
    """
    _start(run)
    report = ProgressReporter(run, lease)
    recipe = Recipe.from_dict(run.recipe)
    _check_network(run, recipe)
    data = _load(run, recipe, report)
    fitted = _fit(run, recipe, data, lease, report)
    report("finishing", now=True)
    bundle = package(fitted, data)
    # Files first, rows after: a row never names a file that is not there. An unnamed file does no harm.
    bundle_store(bundle)
    facts = run_facts(run, bundle, data, report)
    _register(run, bundle, facts, lease)
    # Only after the commit: had it failed, the next attempt would need the checkpoint.
    shutil.rmtree(run_folder(run), ignore_errors=True)


def run_folder(run: Run) -> Path:
    """Where an unfinished run keeps its checkpoint."""
    return Path(settings.DATA) / "runs" / str(run.pk)


def run_facts(run: Run, bundle: Bundle, data: TrainingSet, report: ProgressReporter) -> dict[str, Any]:
    """What the model card says beyond the bundle: its snapshot, what its attention maps are worth on calibration images,
    metrics on held-out patients, the shortcut report.
    """
    snapshot = run.snapshot
    facts: dict[str, Any] = {
        "snapshot": {"number": snapshot.number, "sha256": snapshot.sha256, "images": snapshot.images}
    }
    rows = data.rows(Split.CALIBRATION)
    facts["attention"] = attention_report(bundle, data.images[rows], data.labels[rows])
    report("shortcuts", now=True)
    cases = held_out_cases(run.project, bundle.card.layout, bundle.card.preparation)
    if cases is not None:
        facts["held_out"] = held_out_metrics(bundle, cases)
        facts["shortcuts"] = shortcut_report(bundle, cases.images, cases.labels, cases.patients)
    return facts


def _start(run: Run) -> None:
    # One statement, so that a cancellation at the same moment is not overwritten.
    active = Run.objects.filter(pk=run.pk, state__in=Run.ACTIVE)
    if not active.update(state=Run.State.RUNNING, started_at=timezone.now()):
        raise JobRefused(f"Run {run.number} is {run.state}.")


def _check_network(run: Run, recipe: Recipe) -> None:
    """Raises JobRefused for a network or weights that no attempt can train, before an image is loaded."""
    if _checkpoint(run).exists():
        return  # an earlier attempt has begun with them
    try:
        backbone_check(recipe, _initial(recipe))
    except (ValueError, ImportError, OSError) as unfit:
        raise JobRefused(str(unfit)) from unfit


def _checkpoint(run: Run) -> Path:
    return run_folder(run) / "checkpoint.safetensors"


def _initial(recipe: Recipe) -> Bundle | None:
    """The model version that the recipe begins with. Raises ArtifactError, BlobDamaged, FileNotFoundError."""
    if recipe.initial == "bundle":
        return bundle_load(recipe.initial_sha256)
    return None


def _load(run: Run, recipe: Recipe, report: ProgressReporter) -> TrainingSet:
    """Raises JobRefused for labels that no attempt can learn from: those of a snapshot that an earlier build made."""
    try:
        return training_set(run.snapshot, recipe, report)
    except LabelsUnfit as unfit:
        raise JobRefused(f"{unfit} Start a new run: it leaves them out.") from unfit


def _fit(run: Run, recipe: Recipe, data: TrainingSet, lease: Lease, report: ProgressReporter) -> Fitted:
    checkpoint = _checkpoint(run)
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    try:
        return fit(
            data,
            recipe,
            on_progress=report.epoch,
            checkpoint=checkpoint,
            should_stop=lease.should_stop,
            initial=_initial(recipe),
        )
    except Stopped as stopped:
        # The loop only knows that it was to stop. A lost lease means cancelled; otherwise the worker shuts down, and
        # the job goes on elsewhere from the checkpoint.
        if lease.lost.is_set():
            raise LeaseLost(str(stopped)) from stopped
        raise ShutdownRequested(str(stopped)) from stopped


def _register(run: Run, bundle: Bundle, facts: dict[str, Any], lease: Lease) -> None:
    """Store model, state of the run and the gate's job with the end of this job, in one transaction."""
    with lease.finishing():
        pipeline = version_register(project=run.project, bundle=bundle, facts=facts, actor=run.requested_by)
        Run.objects.filter(pk=run.pk).update(
            state=Run.State.FINISHED,
            finished_at=timezone.now(),
            pipeline=pipeline,
            version=pipeline.classifier,
            error="",
        )
        judge_request(pipeline=pipeline)
