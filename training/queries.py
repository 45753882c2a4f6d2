"""Reads of what the models learned from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from inference.models import Pipeline
from labeling.models import Answer, Read, ReferenceLabel
from labeling.own import model_answer
from overread.projects.models import Project
from training.models import Run, SnapshotItem


@dataclass(frozen=True)
class Reply:
    """One answer, what the model in view said of the same finding, and what the project holds now."""

    answer: Answer
    model: dict[str, Any]
    label: ReferenceLabel | None

    @property
    def corrects(self) -> bool:
        """It says something else than the model in view did."""
        said = model_answer(self.model)
        return said is not None and self.answer.value != said


@dataclass(frozen=True)
class Receipt:
    """What became of one read: the labels now held, the snapshots that hold the image since, the models made of them."""

    read: Read
    replies: list[Reply]
    snapshots: list[int]
    models: list[Pipeline]

    @property
    def corrections(self) -> list[Reply]:
        return [reply for reply in self.replies if reply.corrects]


def receipts(*, project: Project, reads: Sequence[Read]) -> list[Receipt]:
    """A receipt for each of these reads, in their order. A snapshot counts if it was made after the read."""
    images = {read.image_id for read in reads}
    labels = {(label.image_id, label.finding_id): label for label in _labels(project, images)}
    held = _snapshots(project, images)
    models = _models(project, {number for found in held.values() for number, _at in found})
    return [_receipt(read, labels, held[read.image_id], models) for read in reads]


def _receipt(
    read: Read,
    labels: dict[tuple[UUID, int], ReferenceLabel],
    held: list[tuple[int, Any]],
    models: dict[int, list[Pipeline]],
) -> Receipt:
    outputs = read.prediction.outputs if read.prediction else {}
    replies = [
        Reply(answer, outputs.get(answer.finding.slug, {}), labels.get((read.image_id, answer.finding_id)))
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
