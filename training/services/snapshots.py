"""Freezing what a run will learn from."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from labeling.queries.labels import TrainingLabel, training_labels
from overread.archive.queries import readable_in
from overread.audit.services import event_append
from overread.projects.models import Project
from training.engine.dataset import Split, split_by_patient
from training.models import Snapshot, SnapshotItem

SPLITS = tuple(split.name.lower() for split in Split)
SPLIT_SEED = 0  # patients stay in their split from snapshot to snapshot


class NothingToLearn(Exception):
    """The project holds too few labels outside the reference set. The text says how many, and what is missing."""


def finding_specs(project: Project) -> list[dict[str, Any]]:
    return [
        {
            "slug": finding.slug,
            "name": finding.name,
            "kind": finding.kind,
            "options": finding.options,
            "unit": finding.unit,
        }
        for finding in project.findings.all()
    ]


@transaction.atomic
def snapshot_create(*, project: Project) -> Snapshot:
    """The project's labels as they are now; the same content gives the snapshot that is there already.

    Raises NothingToLearn when a split stays empty, or no finding has two different answers to learn from.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    rows = _rows(project)
    findings = _labelled(finding_specs(project), rows)
    _check(rows, findings)
    digest = hashlib.sha256(json.dumps([findings, rows], sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    if found := Snapshot.objects.filter(project=project, sha256=digest).first():
        return found
    number = (Snapshot.objects.filter(project=project).aggregate(n=Max("number"))["n"] or 0) + 1
    snapshot = Snapshot.objects.create(
        project=project,
        number=number,
        sha256=digest,
        findings=findings,
        images=len(rows),
        patients=len({row["patient"] for row in rows}),
        counts=_counts(rows),
        labels=sum(len(row["labels"]) for row in rows),
    )
    SnapshotItem.objects.bulk_create(
        (
            SnapshotItem(
                snapshot=snapshot,
                image_id=UUID(row["image"]),
                split=row["split"],
                labels=row["labels"],
                weights=row["weights"],
            )
            for row in rows
        ),
        batch_size=500,
    )
    event_append(verb="snapshot.create", target=snapshot, project=project.pk, sha256=digest, images=len(rows))
    return snapshot


def _rows(project: Project) -> list[dict[str, Any]]:
    labels = training_labels(project)
    images = readable_in(project).filter(labels__project=project, study__patient__reference=False).distinct()
    rows = []
    for pk, sha256, pseudonym in (
        images.values_list("pk", "sha256", "study__patient__pseudonym").order_by("sha256").iterator()
    ):
        known = {slug: label for slug, label in labels.get(pk, {}).items() if label.value is not None}
        if known:
            rows.append(_row(pk, sha256, pseudonym, known))
    _split(rows)
    return rows


def _labelled(findings: list[dict[str, Any]], rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings with a label to train on: what joined the project lately is learnt once it has been answered."""
    known = {slug for row in rows if row["split"] == "train" for slug in row["labels"]}
    return [finding for finding in findings if finding["slug"] in known]


def _split(rows: list[dict[str, Any]]) -> None:
    for row, code in zip(rows, split_by_patient([row["patient"] for row in rows], SPLIT_SEED), strict=True):
        row["split"] = SPLITS[code]


def _row(pk: UUID, sha256: str, pseudonym: str, known: dict[str, TrainingLabel]) -> dict[str, Any]:
    return {
        "image": str(pk),
        "sha256": sha256,
        "patient": pseudonym,
        "labels": {slug: label.value for slug, label in sorted(known.items())},
        "weights": {slug: label.weight for slug, label in sorted(known.items())},
    }


def _check(rows: list[dict[str, Any]], findings: list[dict[str, Any]]) -> None:
    splits = Counter(row["split"] for row in rows)
    if empty := [name for name in SPLITS if not splits[name]]:
        raise NothingToLearn(
            f"{len(rows)} labelled images outside the reference set leave no patient for {' and '.join(empty)}. Read more cases."
        )
    values = defaultdict(set)
    for row in rows:
        if row["split"] == "train":
            for slug, value in row["labels"].items():
                values[slug].add(value)
    if not any(len(values[finding["slug"]]) > 1 for finding in findings):
        raise NothingToLearn("Every finding has only one answer among the training images so far. Read more cases.")


def _counts(rows: list[dict[str, Any]]) -> dict[str, Any]:
    findings: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for slug, value in row["labels"].items():
            findings[slug][f"{value:g}"] += 1
    return {"splits": Counter(row["split"] for row in rows), "findings": findings}
