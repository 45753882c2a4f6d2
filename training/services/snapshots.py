"""Snapshots: the labels a run learns from, frozen."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from inference.queries import champion_of
from inference.queries.stages import without_abstained
from labeling.queries.labels import TrainingLabel, training_labels
from overread.archive.queries import readable_in
from overread.audit.services import event_append
from overread.projects.models import Project
from training.engine.dataset import Split, split_by_patient
from training.models import Snapshot, SnapshotItem
from training.services.snapshot_notes import Notes, outlier_counts, unfit_counts, unlearnable_words

SPLITS = tuple(split.name.lower() for split in Split)
# Constant, so that a patient stays in the same split from snapshot to snapshot: a later model is never calibrated on
# patients that an earlier one, whose weights it may begin from, was trained on.
SPLIT_SEED = 0


class NothingToLearn(Exception):
    """The project holds too few labels outside the reference set. The text says how many, and what is missing."""


def finding_specs(project: Project) -> list[dict[str, Any]]:
    """The project's findings as a snapshot stores them, in the project's order."""
    specs = []
    for finding in project.findings.all():
        specs.append(
            {
                "slug": finding.slug,
                "name": finding.name,
                "kind": finding.kind,
                "options": finding.options,
                "unit": finding.unit,
            }
        )
    return specs


@transaction.atomic
def snapshot_create(*, project: Project) -> Snapshot:
    """Freeze the project's labels as they are now. The same content returns the snapshot that exists already.

    Raises NothingToLearn when a split stays empty, or no finding has two different answers to learn from.
    """
    # Locked, so that two requests at once neither take the same number nor store the same content twice.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    images = _labelled_images(project)
    rows = _rows(images)
    notes: Notes = {
        "left_out": unfit_counts(image.labels for image in images),
        "outliers": outlier_counts(project, (row["labels"] for row in rows)),
    }
    _check(project, rows, notes)
    findings = _trainable(finding_specs(project), rows)
    digest = _content_sha256(findings, rows, notes)
    if found := Snapshot.objects.filter(project=project, sha256=digest).first():
        return found
    snapshot = Snapshot.objects.create(
        project=project,
        number=_next_number(project),
        sha256=digest,
        findings=findings,
        images=len(rows),
        patients=len({row["patient"] for row in rows}),
        counts=_counts(rows) | notes,
        labels=sum(len(row["labels"]) for row in rows),
    )
    _store_items(snapshot, rows)
    event_append(verb="snapshot.create", target=snapshot, project=project.pk, sha256=digest, images=len(rows))
    return snapshot


def _content_sha256(findings: list[dict[str, Any]], rows: list[dict[str, Any]], notes: Notes) -> str:
    hashed: list[Any] = [findings, rows]
    # Only where there is something to note: snapshots from before there were notes keep their hash.
    if any(notes.values()):
        hashed.append(notes)
    # Sorted keys and fixed separators: the hash is of the content and not of how it happens to be written.
    content = json.dumps(hashed, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _next_number(project: Project) -> int:
    last = Snapshot.objects.filter(project=project).aggregate(n=Max("number"))["n"]
    return (last or 0) + 1


def _store_items(snapshot: Snapshot, rows: list[dict[str, Any]]) -> None:
    items = []
    for row in rows:
        items.append(
            SnapshotItem(
                snapshot=snapshot,
                image_id=UUID(row["image"]),
                split=row["split"],
                labels=row["labels"],
                weights=row["weights"],
            )
        )
    # In batches, so that no single statement grows with the project.
    SnapshotItem.objects.bulk_create(items, batch_size=500)


@dataclass(frozen=True)
class LabelledImage:
    """An image outside the reference set, and what is said of it by finding slug."""

    pk: UUID
    sha256: str
    patient: str
    labels: dict[str, TrainingLabel]


def _labelled_images(project: Project) -> list[LabelledImage]:
    """Those that a run may learn from, ordered by content."""
    labels = training_labels(project)
    images = readable_in(project).filter(labels__project=project, study__patient__reference=False).distinct()
    # What the model in use abstains from teaches nothing, unless a member has overruled it.
    images = without_abstained(images, champion_of(project))
    columns = images.values_list("pk", "sha256", "study__patient__pseudonym").order_by("sha256")
    return [LabelledImage(pk, sha256, patient, labels.get(pk, {})) for pk, sha256, patient in columns.iterator()]


def _rows(images: list[LabelledImage]) -> list[dict[str, Any]]:
    """One row per image with a known label."""
    rows = []
    for image in images:
        known = {slug: label for slug, label in image.labels.items() if label.value is not None}
        if known:
            rows.append(_row(image.pk, image.sha256, image.patient, known))
    _assign_splits(rows)
    return rows


def _row(pk: UUID, sha256: str, pseudonym: str, known: dict[str, TrainingLabel]) -> dict[str, Any]:
    return {
        "image": str(pk),
        "sha256": sha256,
        "patient": pseudonym,
        "labels": {slug: label.value for slug, label in sorted(known.items())},
        "weights": {slug: label.weight for slug, label in sorted(known.items())},
    }


def _assign_splits(rows: list[dict[str, Any]]) -> None:
    codes = split_by_patient([row["patient"] for row in rows], SPLIT_SEED)
    for row, code in zip(rows, codes, strict=True):
        row["split"] = SPLITS[code]


def _trainable(findings: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings with at least one label to train on. A finding added lately waits until it has been answered."""
    known = set(_training_values(rows))
    return [finding for finding in findings if finding["slug"] in known]


def _training_values(rows: list[dict[str, Any]]) -> dict[str, set[float]]:
    """Finding slug → its distinct labels in the training split."""
    values: dict[str, set[float]] = defaultdict(set)
    for row in rows:
        if row["split"] == "train":
            for slug, value in row["labels"].items():
                values[slug].add(value)
    return values


def _check(project: Project, rows: list[dict[str, Any]], notes: Notes) -> None:
    """Raises NothingToLearn."""
    values = _training_values(rows)
    # With one answer only, a constant is the best model, and its AUROC is undefined.
    if rows and not any(len(said) > 1 for said in values.values()):
        why = unlearnable_words(project, values, notes["left_out"])
        raise NothingToLearn(f"No finding has two different answers to learn from. {why}. Read more cases.")
    splits = Counter(row["split"] for row in rows)
    empty = [name for name in SPLITS if not splits[name]]
    if empty:
        raise NothingToLearn(
            f"{len(rows)} labelled images outside the reference set leave no patient for {' and '.join(empty)}. Read more cases."
        )


def _counts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Images per split, and per finding how many labels have each value."""
    findings: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for slug, value in row["labels"].items():
            findings[slug][f"{value:g}"] += 1
    return {"splits": Counter(row["split"] for row in rows), "findings": findings}
