"""What a report is made from, as arrays: a project's labels, what brought them in, and how long reading took."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db.models import Min, Sum
from numpy.typing import NDArray

from inference.engine import held_out
from inference.engine.outputs import OutputLayout
from inference.engine.probability import calibrated, uncalibrated
from inference.models import Pipeline
from inference.queries import ImageTable, embeddings_of
from labeling.models import Assignment, ExposureKind, Purpose, Read, ReferenceLabel
from labeling.queries.labels import TrainingLabel, labelled_count, training_labels
from labeling.selection.pool import FindingOutput, Head
from labeling.selection.worth.comparing import Seconds
from labeling.selection.worth.labelled import Float, LabelledImages, Learner, Rows
from labeling.services.selection.pool import finding_names
from overread.archive.queries import patients_of, readable_in
from overread.projects.models import Project

# Unlabelled images on which successive scouts are compared, at most: Bloodgood and Vijay-Shanker's size.
SAMPLE = 2_000


@dataclass(frozen=True)
class Material:
    """What a report is made from. `labels`: labelled images outside the reference set, embedded or not."""

    data: LabelledImages
    sample: NDArray[np.float32]
    seconds: Seconds
    learner: Learner
    labels: int

    def sha256(self, strategy: str) -> str:
        """Of every array, the findings and the strategy's name: reports of the same inputs are one report."""
        # With the class's earlier name, so that a report made before it was renamed is still known for the same inputs.
        layout = repr(self.data.layout).replace("FindingOutput(", "Output(")
        digest = hashlib.sha256(f"({strategy!r}, {self.labels!r}, {layout})".encode())
        for holder in (self.data, self.seconds):
            for value in vars(holder).values():
                if isinstance(value, np.ndarray):
                    digest.update(np.ascontiguousarray(value).tobytes())
        digest.update(self.sample.tobytes())
        return digest.hexdigest()


def material_of(project: Project, pipeline: Pipeline, strategy: str) -> Material:
    """The material of a project. Measurements are left out: an AUROC needs answers that are right or wrong."""
    table = embeddings_of(pipeline.space)
    layout = _layout(pipeline)
    known = training_labels(project)
    place = table.rows()
    order = [image for image in _by_age(project) if image in place and image in known]
    labels, weights = _arrays(order, known, layout)
    names = finding_names(project)
    findings = [FindingOutput(names.get(each.name, each.name), each.kind, each.options) for each in layout]
    data = LabelledImages(
        layout=tuple(findings),
        embeddings=table.values[[place[image] for image in order]].astype(np.float32),
        labels=labels,
        weights=weights,
        truth=_truth(project, order, layout),
        patients=np.array(patients_of(order), np.int64),
        chosen=_among(order, _picked(project, strategy)),
        probability=_probability(project, order),
    )
    return Material(
        data=data,
        sample=_sample(project, table, known),
        seconds=_seconds(project, strategy),
        learner=learner_of(layout),
        labels=labelled_count(project),
    )


def _layout(pipeline: Pipeline) -> OutputLayout:
    layout = OutputLayout.from_list(pipeline.classifier.card["layout"])
    return OutputLayout(tuple(output for output in layout if output.kind != "measurement"))


def learner_of(layout: OutputLayout) -> Learner:
    """Fits the same scout that orders the queue."""

    def learner(embeddings: NDArray[np.float32], labels: Float, weights: Float, patients: Rows) -> Head:
        head = held_out.fit(embeddings, labels, weights, patients, layout)
        return lambda points: calibrated(head.score(points), layout, uncalibrated(layout))

    return learner


def _by_age(project: Project) -> list[UUID]:
    """Labelled images, the first labelled first."""
    # By key, not by time: `updated_at` changes with every read, and keys are given in order.
    labels = ReferenceLabel.objects.filter(project=project, image__study__patient__reference=False)
    return list(labels.values("image").annotate(first=Min("pk")).order_by("first").values_list("image", flat=True))


def _arrays(
    order: list[UUID], known: Mapping[UUID, Mapping[str, TrainingLabel]], layout: OutputLayout
) -> tuple[Float, Float]:
    """Labels (n, F), NaN if unknown, and weights (n, F)."""
    labels = np.full((len(order), len(layout)), np.nan)
    weights = np.ones_like(labels)
    for row, image in enumerate(order):
        for column, name in enumerate(layout.names):
            label = known[image].get(name)
            if label is not None and label.value is not None:
                labels[row, column] = label.value
                weights[row, column] = label.weight
    return labels, weights


def _truth(project: Project, order: list[UUID], layout: OutputLayout) -> Float:
    """Labels (n, F) made of unexposed answers only, NaN elsewhere."""
    rows = {image: row for row, image in enumerate(order)}
    columns = {name: column for column, name in enumerate(layout.names)}
    truth = np.full((len(order), len(layout)), np.nan)
    unexposed = ReferenceLabel.objects.filter(project=project, exposure=ExposureKind.NONE, value__isnull=False)
    for image, slug, value in unexposed.values_list("image", "finding__slug", "value"):
        if image in rows and slug in columns:
            truth[rows[image], columns[slug]] = value
    return truth


def _picked(project: Project, strategy: str) -> set[UUID]:
    """Images that this strategy has picked, without those drawn at random before there was a model."""
    picks = Assignment.objects.filter(project=project, purpose=Purpose.EXPLOIT, selection__strategy=strategy)
    return set(picks.exclude(strategy="random").values_list("image", flat=True))


def _among(order: list[UUID], images: set[UUID]) -> NDArray[np.bool_]:
    return np.array([image in images for image in order], bool)


def _probability(project: Project, order: list[UUID]) -> Float:
    """Probabilities (n,): the audit's own; 1 for images that came with labels and were never selected; NaN for all others."""
    audits = Assignment.objects.filter(project=project, purpose=Purpose.AUDIT, probability__isnull=False)
    drawn = dict(audits.values_list("image", "probability"))
    choices = [Purpose.EXPLOIT, Purpose.AUDIT, Purpose.SINGLE]
    selected = set(Assignment.objects.filter(project=project, purpose__in=choices).values_list("image", flat=True))
    given = set(ReferenceLabel.objects.filter(project=project, origin="imported").values_list("image", flat=True))
    probability = np.full(len(order), np.nan)
    for row, image in enumerate(order):
        if image in drawn:
            probability[row] = drawn[image]
        elif image in given and image not in selected:
            probability[row] = 1.0
    return probability


def _sample(project: Project, table: ImageTable, known: Mapping[UUID, object]) -> NDArray[np.float32]:
    """Embeddings (m, D) of the project's first unlabelled images by key, and so at random: keys are random."""
    images = readable_in(project).filter(study__patient__reference=False)
    place = table.rows()
    ordered = images.order_by("pk").values_list("pk", flat=True)
    rows = [place[image] for image in ordered if image in place and image not in known]
    return table.values[rows[:SAMPLE]].astype(np.float32)


def _seconds(project: Project, strategy: str) -> Seconds:
    """Active seconds of each timed case, all its reads together."""
    arms = [Purpose.EXPLOIT, Purpose.AUDIT]
    timed = Read.objects.filter(project=project, active_ms__gt=0, assignment__purpose__in=arms)
    case = ("assignment", "assignment__purpose", "assignment__selection__strategy")
    rows = timed.values_list(*case).annotate(ms=Sum("active_ms")).order_by("assignment")
    chosen = []
    random = []
    for _case, purpose, by, ms in rows:
        if purpose == Purpose.AUDIT:
            random.append(ms / 1000)
        elif by == strategy:
            chosen.append(ms / 1000)
    return Seconds(np.array(chosen, float), np.array(random, float))
