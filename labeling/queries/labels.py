"""What the project's readers and imports have labelled."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from labeling.models import MEASURING, ExposureKind, Read, ReferenceLabel
from labeling.values import number_fits
from overread.archive.models import Image
from overread.projects.models import Project

# What a label counts in training. One given with the model in view agrees with it more often than it should, and learning
# from it at full weight would confirm the model in its errors. Of an imported one nobody here knows how it was read.
EXPOSED_WEIGHT = 0.7
IMPORTED_WEIGHT = 0.9


@dataclass(frozen=True)
class TrainingLabel:
    """A label as a run may use it: its value, None if there is none to learn from, and its weight in 0..1.

    `fits`: no label of an earlier build that its finding refuses today. One that is not assessable, or disputed, fits.
    """

    value: float | None
    weight: float
    fits: bool = True


def training_labels(project: Project) -> dict[UUID, dict[str, TrainingLabel]]:
    """Image → finding slug → label, for images outside the reference set. The exposed label counts if there is one.

    The weight depends on exposure and origin alone, not on whether a reader agreed with the model: 1 for an unexposed
    label, less for an exposed or imported one.
    """
    findings = {finding.slug: finding for finding in project.findings.all()}
    labels = ReferenceLabel.objects.filter(project=project, image__study__patient__reference=False)
    rows = labels.values_list("image", "finding__slug", "exposure", "origin", "value")
    out: dict[UUID, dict[str, TrainingLabel]] = {}
    # "none" sorts before "shown", so that the exposed label, each reader's last word, replaces the other.
    for image, slug, exposure, origin, value in rows.order_by("image_id", "exposure"):
        weight = 1.0
        if exposure == ExposureKind.SHOWN:
            weight *= EXPOSED_WEIGHT
        if origin == "imported":
            weight *= IMPORTED_WEIGHT
        if value is None or number_fits(findings[slug], value):
            label = TrainingLabel(value, weight)
        else:
            label = TrainingLabel(None, weight, fits=False)
        out.setdefault(image, {})[slug] = label
    return out


def evaluation_labels(project: Project, *, independent_only: bool = True) -> dict[UUID, dict[str, float]]:
    """Image → finding slug → value, for the reference set: labels made of unexposed answers only.

    The gate takes independent ones only: from enough blind readers, adjudicated, or declared so by their importer. A label
    of an earlier build that its finding refuses today is left out.
    """
    labels = ReferenceLabel.objects.filter(
        project=project, image__study__patient__reference=True, exposure=ExposureKind.NONE, value__isnull=False
    ).select_related("finding")
    if independent_only:
        labels = labels.filter(independent=True)
    out: dict[UUID, dict[str, float]] = {}
    for label in labels.order_by("image_id"):
        value = float(label.value or 0.0)
        if number_fits(label.finding, value):
            out.setdefault(label.image_id, {})[label.finding.slug] = value
    return out


def reads_teaching(project: Project) -> QuerySet[Read]:
    """The reads that labels are made of: all except those that measure the reader."""
    return Read.objects.filter(project=project).exclude(assignment__purpose__in=MEASURING)


def label_counts(project: Project) -> dict[str, int]:
    """Finding slug → how many images are labelled."""
    counted = (
        ReferenceLabel.objects.filter(project=project).values("finding__slug").annotate(n=Count("image", distinct=True))
    )
    return {row["finding__slug"]: row["n"] for row in counted}


def labelled_count(project: Project) -> int:
    """How many images outside the reference set have a label."""
    labels = ReferenceLabel.objects.filter(project=project, image__study__patient__reference=False)
    return labels.values("image").distinct().count()


def labels_standing(project: Project) -> QuerySet[ReferenceLabel]:
    """One label per image and finding: the exposed one if there is one, else the unexposed one."""
    same = {"project": project, "image": OuterRef("image"), "finding": OuterRef("finding")}
    later = ReferenceLabel.objects.filter(exposure=ExposureKind.SHOWN, **same)
    labels = ReferenceLabel.objects.filter(project=project)
    return labels.filter(Q(exposure=ExposureKind.SHOWN) | ~Exists(later))


def with_labelled(project: Project, images: QuerySet[Image]) -> QuerySet[Image]:
    """The images, each with `labelled`: whether it has a label with a value."""
    held = ReferenceLabel.objects.filter(project=project, image=OuterRef("pk"), value__isnull=False)
    return images.annotate(labelled=Exists(held))
