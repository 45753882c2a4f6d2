"""Labels that come with a data set: stored as they are stated, and withdrawn as a whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from labeling.events import LabelsChanged
from labeling.jobs import reorder_request, withdrawal_request
from labeling.models import (
    Answer,
    ExposureKind,
    ImportedLabel,
    ImportedMask,
    ImportedRegion,
    LabelImport,
    LabelWithdrawal,
    ReferenceLabel,
)
from labeling.services.labels import label_of_import, labels_refresh
from labeling.values import answer_problem, is_same_answer
from overread.accounts.models import User
from overread.archive.models import Image
from overread.audit.services import event_append
from overread.events import announce
from overread.jobs.running import Lease
from overread.projects.models import Finding, Project
from overread.projects.services import project_lock

AT_ONCE = 500  # images whose labels are derived again in one transaction
LABEL_COLUMNS = ["origin", "method", "value", "agreement", "readers", "disputed", "independent", "updated_at"]


@dataclass(frozen=True)
class ImportedBox:
    """A region as a data set gives it; fields as in ImportedRegion."""

    slug: str
    kind: str
    points: list[list[float]]
    reader: str = ""


@dataclass(frozen=True)
class ImageLabels:
    """What a data set says of one image: finding slug → answer, and the source's own words by the same slugs.

    `masks`: structure → SHA-256 of a stored PNG.
    """

    image: Image
    values: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)
    regions: Sequence[ImportedBox] = ()
    masks: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def label_import_open(
    *,
    project: Project,
    name: str,
    sha256: str,
    declaration: str,
    independent: bool = False,
    exposed: bool = False,
    actor: User | None = None,
) -> LabelImport:
    """Open the import of a table of labels. The same table with the same declaration is one import, until it is withdrawn.

    Raises ValueError where it is declared otherwise than the first time: independent or not, with a model in view or not.
    """
    if not declaration.strip():
        raise ValueError(
            "Declare how these labels came to be: who gave them, from what, and whether a model was in view."
        )
    project_lock(project)
    exposure = ExposureKind.SHOWN if exposed else ExposureKind.NONE
    same = LabelImport.objects.filter(project=project, sha256=sha256, declaration=declaration, withdrawal=None)
    if source := same.first():
        if (source.independent, source.exposure) != (independent, exposure):
            raise ValueError(
                "This table was imported with another declaration: "
                f"{'an independent standard' if source.independent else 'no independent standard'}, "
                f"{'with' if source.exposure == ExposureKind.SHOWN else 'without'} a model in view. "
                "Withdraw that import first, or declare the same."
            )
        return source
    source = LabelImport.objects.create(
        project=project,
        name=name,
        sha256=sha256,
        declaration=declaration,
        independent=independent,
        exposure=exposure,
        imported_by=actor,
    )
    event_append(verb="labels.import", actor=actor, target=source, project=project.pk, independent=independent)
    return source


def labels_import(*, source: LabelImport, labels: Iterable[tuple[Image, Mapping[str, str]]]) -> int:
    """Store a table's answers to some images (finding slug → answer) and derive their labels. Returns how many images.

    Raises ValueError, which names the finding, if an answer does not fit; then nothing of this call is stored.
    """
    return image_labels_import(source=source, labels=[ImageLabels(image, values) for image, values in labels])


@transaction.atomic
def image_labels_import(*, source: LabelImport, labels: Sequence[ImageLabels]) -> int:
    """Store what a data set says of some images, and derive their labels. Returns how many images.

    Raises ValueError, which names the finding, if an answer does not fit; then nothing of this call is stored.
    """
    findings = {finding.slug: finding for finding in source.project.findings.all()}
    rows = []
    regions = []
    masks = []
    for said in labels:
        rows += _label_rows(source, said, findings)
        regions += _region_rows(source, said, findings)
        for structure, sha256 in said.masks.items():
            masks.append(ImportedMask(source=source, image=said.image, structure=structure, sha256=sha256))
    ImportedLabel.objects.bulk_create(rows, ignore_conflicts=True)
    ImportedRegion.objects.bulk_create(regions)
    ImportedMask.objects.bulk_create(masks, ignore_conflicts=True)
    images_labels_refresh(project=source.project, images=[said.image for said in labels])
    return len(labels)


def _label_rows(source: LabelImport, said: ImageLabels, findings: Mapping[str, Finding]) -> list[ImportedLabel]:
    rows = []
    for slug, value in said.values.items():
        if problem := answer_problem(findings[slug], value):
            raise ValueError(problem)
        text = said.texts.get(slug, "")[:200]
        rows.append(ImportedLabel(source=source, image=said.image, finding=findings[slug], value=value, text=text))
    return rows


def _region_rows(source: LabelImport, said: ImageLabels, findings: Mapping[str, Finding]) -> list[ImportedRegion]:
    return [
        ImportedRegion(
            source=source,
            image=said.image,
            finding=findings[box.slug],
            kind=box.kind,
            points=box.points,
            reader=box.reader[:80],
        )
        for box in said.regions
    ]


@transaction.atomic
def images_labels_refresh(*, project: Project, images: Sequence[Image]) -> None:
    """Derive the labels of many images again. Those that nobody has read take a few statements together."""
    keys = {image.pk: image for image in images}
    # In one order, so that two imports never wait for each other.
    locked = Image.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    list(locked.values_list("pk", flat=True))
    read = set(
        Answer.objects.filter(read__project=project, read__image__in=keys).values_list("read__image_id", flat=True)
    )
    for pk in read:
        labels_refresh(project=project, image=keys[pk])
    unread = [pk for pk in keys if pk not in read]
    if unread:
        _refresh_unread(project, unread)
        reorder_request(project=project.pk)
        announce(LabelsChanged(project.pk))


def _refresh_unread(project: Project, images: Sequence[UUID]) -> None:
    """The labels of images without reads are those of the newest import that is not withdrawn."""
    imported = (
        ImportedLabel.objects.filter(source__project=project, source__withdrawal=None, image__in=images)
        .select_related("source")
        .order_by("source__created_at")
    )
    findings = {finding.pk: finding for finding in project.findings.all()}
    newest: dict[tuple[UUID, int, str], ReferenceLabel] = {}
    for label in imported:
        finding = findings[label.finding_id]
        fields = label_of_import(finding, label)
        exposure = label.source.exposure
        key = (label.image_id, finding.pk, exposure)
        newest[key] = ReferenceLabel(
            project=project, image_id=label.image_id, finding=finding, exposure=exposure, **fields
        )
    stale = []
    stored = ReferenceLabel.objects.filter(project=project, image__in=images)
    for pk, *stored_key in stored.values_list("pk", "image_id", "finding_id", "exposure"):
        if tuple(stored_key) not in newest:
            stale.append(pk)
    if stale:
        ReferenceLabel.objects.filter(pk__in=stale).delete()
    ReferenceLabel.objects.bulk_create(
        newest.values(),
        update_conflicts=True,
        unique_fields=["project", "image", "finding", "exposure"],
        update_fields=LABEL_COLUMNS,
    )


def labels_contradicted(
    *, source: LabelImport, values: Mapping[UUID, Mapping[str, str]]
) -> dict[UUID, dict[str, ImportedLabel]]:
    """Which of these answers (image → finding slug → answer) other imports of the same exposure contradict, unless they were
    withdrawn: image → slug → what the newest of them says.
    """
    earlier = (
        ImportedLabel.objects.filter(
            source__project=source.project_id,
            source__withdrawal=None,
            source__exposure=source.exposure,
            image__in=list(values),
        )
        .exclude(source=source)
        .select_related("source", "finding")
        .order_by("source__created_at")
    )
    found: dict[UUID, dict[str, ImportedLabel]] = defaultdict(dict)
    for label in earlier:
        slug = label.finding.slug
        said = values[label.image_id].get(slug)
        if said is not None:
            found[label.image_id][slug] = label
    contradicted = {}
    for image, labels in found.items():
        different = _differing(labels, values[image])
        if different:
            contradicted[image] = different
    return contradicted


def _differing(labels: Mapping[str, ImportedLabel], said: Mapping[str, str]) -> dict[str, ImportedLabel]:
    different = {}
    for slug, label in labels.items():
        if not is_same_answer(label.finding, label.value, said[slug]):
            different[slug] = label
    return different


@transaction.atomic
def label_import_withdraw(*, source: LabelImport, actor: User | None, reason: str) -> LabelWithdrawal:
    """Say that the labels of an import no longer count, and request that its images' labels are derived again.

    Raises ValidationError where no reason is given, or it was withdrawn before.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Say why these labels are withdrawn.")})
    project_lock(source.project)
    if LabelWithdrawal.objects.filter(source=source).exists():
        raise ValidationError(_("These labels were withdrawn before."))
    withdrawal = LabelWithdrawal.objects.create(source=source, reason=reason.strip()[:500], withdrawn_by=actor)
    event_append(verb="labels.withdraw", actor=actor, target=source, project=source.project_id)
    withdrawal_request(source=source)
    return withdrawal


def withdrawn_labels_refresh(*, source: LabelImport, lease: Lease) -> None:
    """Derive the labels of a withdrawn import's images again, some at a time. Doing it twice changes nothing."""
    labelled = ImportedLabel.objects.filter(source=source).order_by("image").values_list("image", flat=True)
    keys = list(labelled.distinct())
    for start in range(0, len(keys), AT_ONCE):
        images = Image.objects.filter(pk__in=keys[start : start + AT_ONCE])
        images_labels_refresh(project=source.project, images=list(images))
        lease.progress(images=min(start + AT_ONCE, len(keys)), of=len(keys))
    with lease.finishing():
        pass
