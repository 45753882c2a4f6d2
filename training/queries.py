"""Reads of what the models learned from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from inference.models import Pipeline
from labeling.models import Answer, Read, ReferenceLabel
from labeling.queries.own import model_answer
from overread.accounts.models import User
from overread.projects.models import Project
from training.models import Run, SnapshotItem


@dataclass(frozen=True)
class Reply:
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
class Receipt:
    """What became of one read: the labels now held, the snapshots that hold the image since, the models made of them."""

    read: Read
    replies: list[Reply]
    snapshots: list[int]
    models: list[Pipeline]

    @property
    def told(self) -> list[Reply]:
        """The replies worth a line: corrections of the model, and changes of mind."""
        return [reply for reply in self.replies if reply.corrects or reply.changed]


def last_words(*, project: Project, reader: User) -> QuerySet[Read]:
    """A reader's standing reads, newest first; of a case read blind and again with the model, the second alone."""
    reads = Read.objects.filter(project=project, reader=reader, superseded_by=None).order_by("-created_at")
    second = Read.objects.filter(assignment=OuterRef("assignment"), reader=reader, phase=Read.Phase.REVEALED)
    reads = reads.exclude(Q(phase=Read.Phase.BLIND) & Exists(second))
    return reads.select_related("image__study__patient", "prediction__pipeline").prefetch_related("answers__finding")


def receipts(*, project: Project, reads: Sequence[Read]) -> list[Receipt]:
    """A receipt for each of these reads, in their order. A snapshot counts if it was made after the read."""
    images = {read.image_id for read in reads}
    labels = {(label.image_id, label.finding_id): label for label in _labels(project, images)}
    held = _snapshots(project, images)
    models = _models(project, {number for found in held.values() for number, _at in found})
    first = _first_answers(reads)
    return [_receipt(read, first, labels, held[read.image_id], models) for read in reads]


def _first_answers(reads: Sequence[Read]) -> dict[tuple[UUID, int], str]:
    """(assignment, finding) → what these reads' readers had answered blind."""
    again = {read.assignment_id: read.reader_id for read in reads if read.phase == Read.Phase.REVEALED}
    answers = Answer.objects.filter(
        read__assignment__in=again, read__phase=Read.Phase.BLIND, read__superseded_by=None
    ).values_list("read__assignment", "read__reader", "finding", "value")
    return {(case, finding): value for case, reader, finding, value in answers if again[case] == reader}


def _receipt(
    read: Read,
    first: dict[tuple[UUID, int], str],
    labels: dict[tuple[UUID, int], ReferenceLabel],
    held: list[tuple[int, Any]],
    models: dict[int, list[Pipeline]],
) -> Receipt:
    outputs = read.prediction.outputs if read.prediction else {}
    replies = [
        Reply(
            answer,
            first.get((read.assignment_id, answer.finding_id)),
            outputs.get(answer.finding.slug, {}),
            labels.get((read.image_id, answer.finding_id)),
        )
        for answer in sorted(read.answers.all(), key=lambda answer: (answer.finding.order, answer.finding_id))
    ]
    since = [number for number, at in held if at >= read.created_at]
    return Receipt(read, replies, since, [model for number in since for model in models.get(number, ())])


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
