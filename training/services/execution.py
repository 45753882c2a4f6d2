"""Doing a run: load the snapshot's images, fit, finish, register the model. For workers and commands only."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone
from numpy.typing import NDArray

from inference.engine.bundle import Bundle
from inference.engine.outputs import Output, OutputLayout
from inference.engine.preparation import Preparation
from inference.services.versions import bundle_load, bundle_store, version_register
from labeling.queries.labels import evaluation_labels
from overread.archive.models import Image
from overread.archive.queries import image_input, readable_in
from overread.jobs.running import Ending, JobRefused, Lease
from overread.jobs.services import LeaseLost
from overread.projects.models import Project
from training.engine.dataset import Split, TrainingSet
from training.engine.loop import Fitted, Progress, Stopped, fit
from training.engine.packaging import package
from training.engine.recipe import Recipe
from training.engine.shortcuts import shortcut_report
from training.jobs import judge_request
from training.models import Epoch, Run, Snapshot, SnapshotItem

REPORT_EVERY_S = 1.0  # seconds


@dataclass(frozen=True)
class HeldOutCases:
    """Prepared images of patients the run never saw, with their labels: (N, S, S[, 3]), (N, F), patients (N,)."""

    images: NDArray[np.uint8]
    labels: NDArray[np.float32]
    patients: NDArray[np.str_]


class ProgressReporter:
    """Tells the run's row how far it is, at most once a second; a lost lease ends the work here."""

    def __init__(self, run: Run, lease: Lease) -> None:
        self.run, self.lease, self.told = run, lease, 0.0

    def __call__(self, stage: str, *, now: bool = False, **facts: Any) -> None:
        if not now and time.monotonic() - self.told < REPORT_EVERY_S:
            return
        self.told = time.monotonic()
        progress = {"stage": stage, **facts}
        self.lease.progress(**progress)
        Run.objects.filter(pk=self.run.pk, state=Run.State.RUNNING).update(progress=progress)

    def epoch(self, progress: Progress) -> None:
        """Hear of the training loop; keep each whole epoch's figures for the curves."""
        whole = progress.step == progress.steps and progress.validation_loss is not None
        areas = list(progress.validation_auroc.values())
        mean = float(np.mean(areas)) if areas else None
        if whole and progress.epoch:
            Epoch.objects.update_or_create(
                run=self.run,
                number=progress.epoch,
                defaults={
                    "train_loss": progress.train_loss,
                    "validation_loss": progress.validation_loss,
                    "validation_auroc": mean,
                    "seconds": progress.seconds,
                },
            )
        self(
            "training",
            now=whole,
            epoch=progress.epoch,
            epochs=progress.epochs,
            step=progress.step,
            steps=progress.steps,
            train_loss=progress.train_loss,
            validation_auroc=mean,
            seconds=progress.seconds,
        )


def run_execute(*, run: Run, lease: Lease) -> None:
    """Train by the run's recipe on its snapshot, from its checkpoint where an earlier attempt left one.

    A cancelled run ends in LeaseLost, with nothing written; one whose worker is asked to end, in Ending. Afterwards
    the gate is asked by a job of its own.
    """
    if not Run.objects.filter(pk=run.pk, state__in=Run.ACTIVE).update(
        state=Run.State.RUNNING, started_at=timezone.now()
    ):
        raise JobRefused(f"Run {run.number} is {run.state}.")
    report, recipe = ProgressReporter(run, lease), Recipe.from_dict(run.recipe)
    data = training_set(run.snapshot, recipe, report)
    fitted = _fit(run, recipe, data, lease, report)
    report("finishing", now=True)
    bundle = package(fitted, data)
    bundle_store(bundle)
    facts = run_facts(run, bundle, report)
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
    shutil.rmtree(run_folder(run), ignore_errors=True)


def _fit(run: Run, recipe: Recipe, data: TrainingSet, lease: Lease, report: ProgressReporter) -> Fitted:
    checkpoint = run_folder(run) / "checkpoint.safetensors"
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    try:
        return fit(
            data,
            recipe,
            on_progress=report.epoch,
            checkpoint=checkpoint,
            should_stop=lease.to_leave,
            initial=bundle_load(recipe.initial_sha256) if recipe.initial == "bundle" else None,
        )
    except Stopped as stopped:
        raise (LeaseLost if lease.lost.is_set() else Ending)(str(stopped)) from stopped


def run_folder(run: Run) -> Path:
    """Where an unfinished run keeps its checkpoint."""
    return Path(settings.DATA) / "runs" / str(run.pk)


def layout_of(findings: list[dict[str, Any]]) -> OutputLayout:
    """The outputs of a model that answers these findings; an output is named by the finding's slug."""
    return OutputLayout(tuple(Output(f["slug"], f["kind"], tuple(f["options"]), f["unit"]) for f in findings))


def training_set(snapshot: Snapshot, recipe: Recipe, report: ProgressReporter) -> TrainingSet:
    """The snapshot as arrays, its images prepared as the recipe says."""
    items = list(
        SnapshotItem.objects.filter(snapshot=snapshot)
        .select_related("image__study__patient", "image__rendering")
        .order_by("image__sha256")
    )
    slugs = [finding["slug"] for finding in snapshot.findings]
    labels = np.array([[item.labels.get(slug, np.nan) for slug in slugs] for item in items], np.float32)
    weights = np.array([[item.weights.get(slug, 0.0) for slug in slugs] for item in items], np.float32)
    return TrainingSet(
        images=prepared_images([item.image for item in items], recipe.preparation(), report),
        labels=labels,
        weights=weights,
        groups=np.array([item.image.study.patient.pseudonym for item in items]),
        split=np.array([Split[item.split.upper()] for item in items], np.int8),
        layout=layout_of(snapshot.findings),
        preparation=recipe.preparation(),
    )


def prepared_images(
    images: list[Image], preparation: Preparation, report: ProgressReporter | None = None
) -> NDArray[np.uint8]:
    """(N, S, S[, 3]) uint8: images as the network takes them."""
    shape = (preparation.size, preparation.size) + ((3,) if preparation.channels == 3 else ())
    out = np.empty((len(images), *shape), np.uint8)
    for row, image in enumerate(images):
        out[row] = preparation.pixels(image_input(image.rendering))
        if report:
            report("loading", done=row + 1, total=len(images))
    return out


def held_out_cases(project: Project, layout: OutputLayout, preparation: Preparation) -> HeldOutCases | None:
    """Every labelled image of the reference set, whatever its labels' origin; None when there is none."""
    said = evaluation_labels(project, independent_only=False)
    images = list(
        readable_in(project).filter(pk__in=said.keys()).select_related("study__patient", "rendering").order_by("sha256")
    )
    if not images:
        return None
    labels = np.array([[said[image.pk].get(name, np.nan) for name in layout.names] for image in images], np.float32)
    patients = np.array([image.study.patient.pseudonym for image in images])
    return HeldOutCases(prepared_images(images, preparation), labels, patients)


def run_facts(run: Run, bundle: Bundle, report: ProgressReporter) -> dict[str, Any]:
    """What the model card tells beyond the bundle: where it learned, what held-out patients and shortcuts say."""
    facts: dict[str, Any] = {
        "snapshot": {"number": run.snapshot.number, "sha256": run.snapshot.sha256, "images": run.snapshot.images}
    }
    report("shortcuts", now=True)
    test = held_out_cases(run.project, bundle.card.layout, bundle.card.preparation)
    if test is not None:
        facts["held_out"] = held_out_metrics(bundle, test)
        facts["shortcuts"] = shortcut_report(bundle, test.images, test.labels, test.patients)
    return facts


def held_out_metrics(bundle: Bundle, test: HeldOutCases) -> dict[str, Any]:
    """AUROC, and at the model's thresholds sensitivity, specificity and the like, per finding, and how often a
    measurement's interval holds the label, on patients it never saw.
    """
    from inference.engine.session import Session
    from training.engine.scoring import figures

    session = Session(bundle)
    answers = session.probabilities(session.run(bundle.card.preparation.normalise(test.images)).logits)
    found: dict[str, Any] = {"images": len(test.images), "patients": len(set(test.patients.tolist())), "findings": {}}
    found["findings"] = figures(answers, test.labels, bundle.card.layout)
    for name, columns in zip(bundle.card.layout.names, bundle.card.layout.slices, strict=True):
        if name in bundle.card.thresholds:
            column = test.labels[:, bundle.card.layout.names.index(name)]
            found["findings"][name] |= metrics_at_threshold(
                answers[:, columns.start], column, bundle.card.thresholds[name]
            )
    for name, interval in bundle.card.intervals.items():
        place = bundle.card.layout.names.index(name)
        residuals = np.abs(answers[:, bundle.card.layout.slices[place].start] - test.labels[:, place])
        if np.isfinite(residuals).any():
            found["findings"][name]["covered"] = float((residuals[np.isfinite(residuals)] <= interval.half).mean())
    return found


def metrics_at_threshold(
    probabilities: NDArray[np.floating], labels: NDArray[np.floating], threshold: float
) -> dict[str, float]:
    """Sensitivity, specificity, their mean (balanced accuracy) and positive predictive value; each only where it is defined.

    `labels`: 0, 1, and others (uncertain, NaN), which do not count.
    """
    positive, negative, above = labels == 1, labels == 0, probabilities >= threshold
    found = {}
    if positive.any():
        found["sensitivity"] = float(above[positive].mean())
    if negative.any():
        found["specificity"] = float((~above[negative]).mean())
    if len(found) == 2:
        found["balanced_accuracy"] = (found["sensitivity"] + found["specificity"]) / 2
    called = above & (positive | negative)
    if called.any():
        found["ppv"] = float(positive[called].mean())
    return found
