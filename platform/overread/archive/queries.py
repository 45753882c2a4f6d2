"""Reads of the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, QuerySet

from overread.accounts.models import User
from overread.archive import blobs, dicom
from overread.archive.models import Enrolment, FrameRendering, Image, Patient, Rendering, Study
from overread.projects.models import Project
from overread.rows import PreparedQuery, Select

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


HUNG_AT_MOST = 60
"""Images looked at for each that something may hang beside; of these CHOICES are offered."""
CHOICES = 12
LEVELS = ("full", "half", "thumb")
# Composed once, since every case that is prepared asks it.
DATED = PreparedQuery(
    lambda patient, project: (
        Study.objects.filter(patient=patient, day__isnull=False, images__enrolments__project=project)
        .distinct()
        .values_list("pk", "day")
    ),
    Patient,
    Project,
)


def images_in(project: Project) -> QuerySet[Image]:
    """Images of a project with patient, rendering and `mismatch`, newest first."""
    return (
        Image.objects.filter(enrolments__project=project)
        .annotate(mismatch=F("enrolments__mismatch"))  # type: ignore[no-redef]
        .select_related("study__patient", "rendering")
        .order_by("-created_at", "pk")
    )


def enrolment_of(*, image: Image, project: Project) -> Enrolment | None:
    """How the image came to the project, with who added and who admitted it."""
    enrolments = Enrolment.objects.select_related("added_by", "admitted_by")
    return enrolments.filter(image=image, project=project).first()


def readable_in(project: Project) -> QuerySet[Image]:
    """Images of a project that are decoded and look like what it reads: those that are scored, queued and learned from."""
    return Image.objects.filter(enrolments__project=project, enrolments__mismatch="", status=Image.Status.READY)


def image_named(*, project: Project, study_uid: str = "", instance_uid: str = "") -> Image | None:
    """The newest image of the project with that original UID, found by its keyed stand-in.

    None also where images of several patients bear the UID: it then says nothing of whose image is meant.
    """
    if not study_uid and not instance_uid:
        return None
    key = settings.PSEUDONYM_KEY.encode()
    named = images_in(project)
    if study_uid:
        named = named.filter(study__uid=dicom.remapped_uid(study_uid, key=key))
    if instance_uid:
        named = named.filter(instance_uid=dicom.remapped_uid(instance_uid, key=key))
    found = list(named)
    if len({image.patient.pk for image in found}) == 1:
        return found[0]
    return None


def patients_of(images: Sequence[UUID]) -> list[int]:
    """The patient's key of each of these images, in their order."""
    of = dict(Image.objects.filter(pk__in=images).values_list("pk", "study__patient"))
    return [of[image] for image in images]


def image_visible(user: User, image: UUID) -> Image | None:
    """The image, if it stands in a project the user is a member of."""
    found = Image.objects.filter(
        pk=image, enrolments__project__memberships__user=user, enrolments__project__memberships__user__is_active=True
    )
    return found.select_related("study__patient", "rendering").distinct().first()


@dataclass(frozen=True)
class Companions:
    """Images to hang beside one: the others of its study, and the patient's earlier ones, the fittest first."""

    study: tuple[Image, ...]
    priors: tuple[Image, ...]


def companions_in(project: Project, images: Sequence[Image]) -> dict[UUID, Companions]:
    """For each of these images, what may hang beside it from the same project; one query for them all."""
    asked: list[Any] = [project.pk]
    for image in images:
        asked += [image.study_id, image.study.patient_id, image.study.day]
    found = [_with_study(*row) for row in _beside(len(images)).rows(*asked)] if images else []
    return {image.pk: _companions(image, found) for image in images}


@cache
def _beside(count: int) -> Select:
    """The images of the same study as one of `count` images, and, of one that is dated, the patient's earlier ones; the
    latest first. Composed once, since every case that is prepared asks it.
    """
    of_one = "archive_image.study_id = %s OR (archive_study.patient_id = %s AND archive_study.day < %s)"
    return Select(
        *(Image, Study, Patient, Rendering),
        rest=f"""
            FROM archive_image
            JOIN archive_enrolment ON archive_enrolment.image_id = archive_image.id
            JOIN archive_study ON archive_study.id = archive_image.study_id
            JOIN archive_patient ON archive_patient.id = archive_study.patient_id
            LEFT JOIN archive_rendering ON archive_rendering.image_id = archive_image.id
            WHERE archive_enrolment.project_id = %s AND archive_image.status = '{Image.Status.READY.value}'
            AND ({" OR ".join([of_one] * count)})
            ORDER BY archive_study.day DESC NULLS LAST, archive_image.created_at, archive_image.id
            LIMIT {HUNG_AT_MOST * count}
        """,
    )


def _with_study(image: Image, study: Study, patient: Patient, rendering: Rendering | None) -> Image:
    study.patient = patient
    image.study = study
    Image._meta.get_field("rendering").set_cached_value(image, rendering)
    return image


def days_of(patient: Patient, project: Project) -> list[int]:
    """The days of the patient's dated studies that have an image in the project, the earliest first."""
    return sorted(day for _study, day in DATED.found(patient, project))


def _companions(image: Image, found: Sequence[Image]) -> Companions:
    study = [each for each in found if each.study_id == image.study_id and each.pk != image.pk]
    priors = [each for each in found if _earlier(each, image) and _comparable(each, image)]
    priors.sort(key=lambda prior: _unlike(prior, image))  # stable: the newest first among equals
    return Companions(tuple(study[:CHOICES]), tuple(priors[:CHOICES]))


def _earlier(other: Image, image: Image) -> bool:
    days = other.study.day, image.study.day
    same = other.study.patient_id == image.study.patient_id
    return same and days[0] is not None and days[1] is not None and days[0] < days[1]


def _comparable(prior: Image, image: Image) -> bool:
    return prior.body_part == image.body_part or prior.modality == image.modality


def _unlike(prior: Image, image: Image) -> tuple[bool, bool, bool]:
    """Whether another view, another body part, another modality: what counts most first."""
    return (
        (prior.view, prior.laterality) != (image.view, image.laterality),
        prior.body_part != image.body_part,
        prior.modality != image.modality,
    )


def level_digest(image: Image, level: str, frame: int) -> str | None:
    """The blob of `full` or `half` of a frame, counted from 0, or of `thumb`; None where there is no such thing."""
    if image.status != Image.Status.READY:
        return None
    if frame == 0:
        return {name: getattr(image.rendering, name) for name in LEVELS}.get(level)
    if level not in ("full", "half"):
        return None
    return FrameRendering.objects.filter(image=image, number=frame).values_list(level, flat=True).first()


def frame_asked(text: str) -> int:
    """The frame that an address asks for, counted from 0; -1, which there is none of, for what is no number."""
    if text.isascii() and text.isdecimal() and len(text) <= 6:
        return int(text)
    return -1


def image_shown(rendering: Rendering) -> NDArray[np.uint8]:
    """The half level as it is first displayed, window and polarity applied: (rows, columns) or (rows, columns, 3)."""
    import numpy as np

    from overread.archive.dicom import Window, shown, unpack

    numbers = unpack(blobs.get(rendering.half), rendering.half_rows, rendering.half_columns, rendering.channels)
    if not rendering.windows:
        return np.asarray(numbers, np.uint8)
    grey = shown(numbers, rendering, Window(**rendering.windows[0]))
    return np.asarray(np.rint(grey * 255), np.uint8)


def image_padded(rendering: Rendering) -> NDArray[np.bool_] | None:
    """Where the half level holds no measurement: (rows, columns). None for an image without padding."""
    from overread.archive.dicom import padded_in, unpack

    if rendering.padding is None:
        return None
    numbers = unpack(blobs.get(rendering.half), rendering.half_rows, rendering.half_columns, rendering.channels)
    return padded_in(numbers, rendering.padding)


def image_input(rendering: Rendering) -> NDArray[np.float32]:
    """What a classifier gets: (rows, columns) or (rows, columns, 3) float32 in 0..1, dense white."""
    from overread.archive.dicom import model_input

    return model_input(rendering, blobs.get(rendering.full))
