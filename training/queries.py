"""Reads of what the models learned from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from inference.models import Champion, Pipeline, PipelineStage, Promotion
from labeling.models import Answer, Read, ReferenceLabel
from labeling.queries.own import model_answer
from overread.accounts.models import User
from overread.projects.models import Project
from training.models import Epoch, Run, SnapshotItem, Verdict


@dataclass(frozen=True)
class EpochsDone:
    """How many epochs a run has behind it, and the seconds of training they took."""

    epochs: int = 0
    seconds: float = 0.0


def runs_of(project: Project) -> QuerySet[Run]:
    """Runs, newest first, each with the best validation AUROC it reached as `best`."""
    runs = Run.objects.filter(project=project).select_related("requested_by", "pipeline", "snapshot")
    return runs.annotate(best=Max("epochs__validation_auroc")).order_by("-number")


def run_of(pipeline: Pipeline) -> Run | None:
    """The run that made this pipeline."""
    return Run.objects.filter(pipeline=pipeline).first()


def runs_similar(project: Project, *, architecture: str, size: int) -> QuerySet[Run]:
    """Runs of that architecture and image side, newest first."""
    alike = Run.objects.filter(project=project, recipe__architecture=architecture, recipe__size=size)
    return alike.order_by("-created_at")


def epochs_done(runs: Iterable[Run]) -> dict[UUID, EpochsDone]:
    """What each of these runs has done."""
    of_runs = Epoch.objects.filter(run__in=[run.pk for run in runs]).order_by().values("run_id")
    rows = of_runs.annotate(n=Count("pk"), spent=Max("seconds"))
    return {row["run_id"]: EpochsDone(row["n"], row["spent"]) for row in rows}


def models_newest(project: Project) -> QuerySet[Pipeline]:
    """Every pipeline with its stages in order, its run, and its verdicts without their reports, oldest first."""
    stages = Prefetch("pipelinestage_set", PipelineStage.objects.select_related("version").order_by("order"))
    verdicts = Prefetch("verdicts", Verdict.objects.order_by("created_at").defer("report"))
    models = Pipeline.objects.filter(project=project).order_by("-number").select_related("run")
    return models.prefetch_related(stages, verdicts)


def model_numbered(project: Project, number: int) -> Pipeline | None:
    """The pipeline of that number, with the run it came of."""
    return Pipeline.objects.filter(project=project, number=number).select_related("project", "run__snapshot").first()


def champion_with_run(project: Project) -> Champion | None:
    """The model in use, with the run it came of."""
    return Champion.objects.select_related("pipeline__run__snapshot").filter(project=project).first()


def verdicts_in(project: Project) -> QuerySet[Verdict]:
    """Every look at the project's reference set."""
    return Verdict.objects.filter(project=project)


def reference_looks(verdict: Verdict) -> int:
    """How often models were judged on the same images and labels."""
    return Verdict.objects.filter(project=verdict.project_id, reference_sha256=verdict.reference_sha256).count()


def verdict_signed(pipeline: Pipeline) -> Verdict | None:
    """The verdict on which this pipeline was last put in use."""
    signed = Promotion.objects.filter(pipeline=pipeline, verdict_id__isnull=False).order_by("-at")
    return Verdict.objects.filter(pk__in=signed.values("verdict_id")[:1]).first()


@dataclass(frozen=True)
class AnswerFeedback:
    """One answer, the one given blind before it, what the model in view said, and what the project holds now."""

    answer: Answer
    first: str | None
    model: dict[str, Any]
    label: ReferenceLabel | None

    @property
    def corrects(self) -> bool:
        """It says something else than the model in view did."""
        said = model_answer(self.model)
        return said is not None and self.answer.value != said

    @property
    def changed(self) -> bool:
        """The reader had answered otherwise before the model was shown."""
        return self.first is not None and self.first != self.answer.value


@dataclass(frozen=True)
class ReadFeedback:
    """What became of one read: the labels now held, the snapshots that hold the image since, the models made of them."""

    read: Read
    replies: list[AnswerFeedback]
    snapshots: list[int]
    models: list[Pipeline]

    @property
    def told(self) -> list[AnswerFeedback]:
        """The replies worth a line: corrections of the model, and changes of mind."""
        return [reply for reply in self.replies if reply.corrects or reply.changed]


def latest_reads(*, project: Project, reader: User) -> QuerySet[Read]:
    """A reader's standing reads, newest first; of a case read blind and again with the model, the second alone."""
    reads = Read.objects.filter(project=project, reader=reader, superseded_by=None).order_by("-created_at")
    second = Read.objects.filter(assignment=OuterRef("assignment"), reader=reader, phase=Read.Phase.REVEALED)
    reads = reads.exclude(Q(phase=Read.Phase.BLIND) & Exists(second))
    return reads.select_related("image__study__patient", "prediction__pipeline").prefetch_related("answers__finding")


def reads_feedback(*, project: Project, reads: Sequence[Read]) -> list[ReadFeedback]:
    """A receipt for each of these reads, in their order. A snapshot counts if it was made after the read."""
    images = {read.image_id for read in reads}
    labels = {(label.image_id, label.finding_id): label for label in _labels(project, images)}
    held = _snapshots(project, images)
    models = _models(project, {number for found in held.values() for number, _at in found})
    first = _first_answers(reads)
    return [_read_feedback(read, first, labels, held[read.image_id], models) for read in reads]


def _first_answers(reads: Sequence[Read]) -> dict[tuple[UUID, int], str]:
    """(assignment, finding) → what these reads' readers had answered blind."""
    again = {read.assignment_id: read.reader_id for read in reads if read.phase == Read.Phase.REVEALED}
    answers = Answer.objects.filter(
        read__assignment__in=again, read__phase=Read.Phase.BLIND, read__superseded_by=None
    ).values_list("read__assignment", "read__reader", "finding", "value")
    return {(case, finding): value for case, reader, finding, value in answers if again[case] == reader}


def _read_feedback(
    read: Read,
    first: dict[tuple[UUID, int], str],
    labels: dict[tuple[UUID, int], ReferenceLabel],
    held: list[tuple[int, Any]],
    models: dict[int, list[Pipeline]],
) -> ReadFeedback:
    outputs = read.prediction.outputs if read.prediction else {}
    replies = [
        AnswerFeedback(
            answer,
            first.get((read.assignment_id, answer.finding_id)),
            outputs.get(answer.finding.slug, {}),
            labels.get((read.image_id, answer.finding_id)),
        )
        for answer in sorted(read.answers.all(), key=lambda answer: (answer.finding.order, answer.finding_id))
    ]
    since = [number for number, at in held if at >= read.created_at]
    return ReadFeedback(read, replies, since, [model for number in since for model in models.get(number, ())])


def _labels(project: Project, images: set[UUID]) -> list[ReferenceLabel]:
    """Where two stand side by side, the one a model learns from: each reader's last word."""
    found = ReferenceLabel.objects.filter(project=project, image__in=images).select_related("finding")
    return list(found.order_by("exposure"))  # none, then shown


def _snapshots(project: Project, images: set[UUID]) -> dict[UUID, list[tuple[int, Any]]]:
    """Image → number and time of every snapshot that holds it, oldest first."""
    items = SnapshotItem.objects.filter(snapshot__project=project, image__in=images).order_by("snapshot__number")
    found: dict[UUID, list[tuple[int, Any]]] = defaultdict(list)
    for image, number, at in items.values_list("image", "snapshot__number", "snapshot__created_at"):
        found[image].append((number, at))
    return found


def _models(project: Project, snapshots: set[int]) -> dict[int, list[Pipeline]]:
    runs = Run.objects.filter(project=project, snapshot__number__in=snapshots, pipeline__isnull=False)
    found: dict[int, list[Pipeline]] = defaultdict(list)
    for run in runs.select_related("pipeline", "snapshot").order_by("number"):
        if run.pipeline:
            found[run.snapshot.number].append(run.pipeline)
    return found
