"""Queries about runs, models and verdicts, and about what became of each read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from inference.models import Champion, Pipeline, PipelineStage, Promotion
from labeling.models import Answer, Read, ReferenceLabel
from labeling.queries.reader_statistics import model_answer
from overread.accounts.models import User
from overread.projects.models import Project
from training.models import Epoch, Run, SnapshotItem, Verdict


@dataclass(frozen=True)
class EpochsDone:
    """How many epochs a run has completed, and the seconds of training they took."""

    epochs: int = 0
    seconds: float = 0.0


def runs_of(project: Project) -> QuerySet[Run]:
    """Runs, newest first, each with the best validation AUROC it reached as `best`."""
    runs = Run.objects.filter(project=project).select_related("requested_by", "pipeline", "snapshot")
    return runs.annotate(best=Max("epochs__validation_auroc")).order_by("-number")


def run_of(pipeline: Pipeline) -> Run | None:
    """The run that made this pipeline. None for one that was registered otherwise, such as the demo's."""
    return Run.objects.filter(pipeline=pipeline).first()


def runs_similar(project: Project, *, architecture: str, size: int) -> QuerySet[Run]:
    """Runs of that architecture and image side, newest first."""
    alike = Run.objects.filter(project=project, recipe__architecture=architecture, recipe__size=size)
    return alike.order_by("-created_at")


def epochs_done(runs: Iterable[Run]) -> dict[UUID, EpochsDone]:
    """Run → what it has completed. A run without an epoch is left out."""
    epochs = Epoch.objects.filter(run__in=[run.pk for run in runs])
    # order_by() first: the model's default order would become part of the grouping.
    counted = epochs.order_by().values("run_id").annotate(n=Count("pk"), spent=Max("seconds"))
    return {row["run_id"]: EpochsDone(row["n"], row["spent"]) for row in counted}


def models_newest(project: Project) -> QuerySet[Pipeline]:
    """Every pipeline with its stages in order, its run, and its verdicts without their reports, oldest first."""
    # Without the reports: a page lists the models, and each report holds every check.
    stages = Prefetch("pipelinestage_set", PipelineStage.objects.select_related("version").order_by("order"))
    verdicts = Prefetch("verdicts", Verdict.objects.order_by("created_at").defer("report"))
    models = Pipeline.objects.filter(project=project).order_by("-number").select_related("run")
    return models.prefetch_related(stages, verdicts)


def model_numbered(project: Project, number: int) -> Pipeline | None:
    """The pipeline of that number with the run that made it. None for an unknown number."""
    return Pipeline.objects.filter(project=project, number=number).select_related("project", "run__snapshot").first()


def champion_with_run(project: Project) -> Champion | None:
    """The champion with the run that made it. None before the first promotion."""
    return Champion.objects.select_related("pipeline__run__snapshot").filter(project=project).first()


def verdicts_in(project: Project) -> QuerySet[Verdict]:
    """Every verdict of the project, which are its looks at the reference set."""
    return Verdict.objects.filter(project=project)


def reference_looks(verdict: Verdict) -> int:
    """How often models were judged on the same images and labels as this one.

    Each look makes it likelier that a challenger passes by chance, so the page shows the number.
    """
    return Verdict.objects.filter(project=verdict.project_id, reference_sha256=verdict.reference_sha256).count()


def verdict_signed(pipeline: Pipeline) -> Verdict | None:
    """The verdict on which this pipeline was last put in use."""
    signed = Promotion.objects.filter(pipeline=pipeline, verdict_id__isnull=False).order_by("-at")
    return Verdict.objects.filter(pk__in=signed.values("verdict_id")[:1]).first()


@dataclass(frozen=True)
class AnswerFeedback:
    """What became of one answer.

    `first`: the answer given blind before it. `model`: what the model in view said. `label`: what the project holds now.
    """

    answer: Answer
    first: str | None
    model: dict[str, Any]
    label: ReferenceLabel | None

    @property
    def corrects(self) -> bool:
        """Whether the answer differs from what the model in view said."""
        suggested = model_answer(self.model)
        return suggested is not None and self.answer.value != suggested

    @property
    def changed(self) -> bool:
        """Whether the reader answered otherwise before the model was shown."""
        return self.first is not None and self.first != self.answer.value


@dataclass(frozen=True)
class ReadFeedback:
    """What became of one read: its answers, the snapshots that took the image since, the models trained on those."""

    read: Read
    replies: list[AnswerFeedback]
    snapshots: list[int]
    models: list[Pipeline]

    @property
    def told(self) -> list[AnswerFeedback]:
        """The answers worth a line: corrections of the model, and changes of mind."""
        return [reply for reply in self.replies if reply.corrects or reply.changed]


def latest_reads(*, project: Project, reader: User) -> QuerySet[Read]:
    """A reader's reads that stand, newest first. Of a case read blind and again with the model, only the second."""
    reads = Read.objects.filter(project=project, reader=reader, superseded_by=None).order_by("-created_at")
    second = Read.objects.filter(assignment=OuterRef("assignment"), reader=reader, phase=Read.Phase.REVEALED)
    reads = reads.exclude(Q(phase=Read.Phase.BLIND) & Exists(second))
    return reads.select_related("image__study__patient", "prediction__pipeline").prefetch_related("answers__finding")


def reads_feedback(*, project: Project, reads: Sequence[Read]) -> list[ReadFeedback]:
    """The feedback on each of these reads, in their order. A snapshot counts if it was made after the read."""
    # Four queries for the whole page, however many reads it shows.
    images = {read.image_id for read in reads}
    labels = _labels(project, images)
    snapshots = _snapshots(project, images)
    models = _models(project, images)
    blind = _blind_answers(reads)
    feedback = []
    for read in reads:
        since = [number for number, at in snapshots[read.image_id] if at >= read.created_at]
        trained = [model for number in since for model in models[number]]
        feedback.append(ReadFeedback(read, _answers_feedback(read, blind, labels), since, trained))
    return feedback


def _answers_feedback(
    read: Read, blind: dict[tuple[UUID, int], str], labels: dict[tuple[UUID, int], ReferenceLabel]
) -> list[AnswerFeedback]:
    """One entry per answer, in the order of the project's findings."""
    outputs = read.prediction.outputs if read.prediction else {}
    # Sorted here: an ordered queryset would ignore the prefetched answers and ask the database once per read.
    answers = sorted(read.answers.all(), key=lambda answer: (answer.finding.order, answer.finding_id))
    feedback = []
    for answer in answers:
        first = blind.get((read.assignment_id, answer.finding_id))
        label = labels.get((read.image_id, answer.finding_id))
        feedback.append(AnswerFeedback(answer, first, outputs.get(answer.finding.slug, {}), label))
    return feedback


def _blind_answers(reads: Sequence[Read]) -> dict[tuple[UUID, int], str]:
    """(assignment, finding) → what the reader of a revealed read had answered blind."""
    reader_of = {read.assignment_id: read.reader_id for read in reads if read.phase == Read.Phase.REVEALED}
    answers = Answer.objects.filter(
        read__assignment__in=reader_of, read__phase=Read.Phase.BLIND, read__superseded_by=None
    )
    blind = {}
    for assignment, reader, finding, value in answers.values_list(
        "read__assignment", "read__reader", "finding", "value"
    ):
        # The assignment can also hold the read of an earlier reader, whose lease had lapsed.
        if reader_of[assignment] == reader:
            blind[assignment, finding] = value
    return blind


def _labels(project: Project, images: set[UUID]) -> dict[tuple[UUID, int], ReferenceLabel]:
    """(image, finding) → the label a model learns from."""
    found = ReferenceLabel.objects.filter(project=project, image__in=images).select_related("finding")
    # "none" sorts before "shown", so where two labels stand side by side the exposed one is taken: it is made of each
    # reader's latest answer, and models learn from that one.
    return {(label.image_id, label.finding_id): label for label in found.order_by("exposure")}


def _snapshots(project: Project, images: set[UUID]) -> dict[UUID, list[tuple[int, datetime]]]:
    """Image → number and time of every snapshot that holds it, oldest first."""
    items = SnapshotItem.objects.filter(snapshot__project=project, image__in=images).order_by("snapshot__number")
    found: dict[UUID, list[tuple[int, datetime]]] = defaultdict(list)
    for image, number, at in items.values_list("image", "snapshot__number", "snapshot__created_at"):
        found[image].append((number, at))
    return found


def _models(project: Project, images: set[UUID]) -> dict[int, list[Pipeline]]:
    """Snapshot number → the models trained on it, for the snapshots that hold one of these images."""
    holding = SnapshotItem.objects.filter(snapshot__project=project, image__in=images).values("snapshot")
    runs = Run.objects.filter(project=project, snapshot__in=holding, pipeline__isnull=False)
    found: dict[int, list[Pipeline]] = defaultdict(list)
    for run in runs.select_related("pipeline", "snapshot").order_by("number"):
        if run.pipeline:
            found[run.snapshot.number].append(run.pipeline)
    return found
