"""Reads of the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from overread.accounts.models import User
from overread.archive import blobs, dicom
from overread.archive.models import Image, Rendering
from overread.projects.models import Project

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def images_in(project: Project) -> QuerySet[Image]:
    """Images of a project with patient and rendering, newest first."""
    return (
        Image.objects.filter(enrolments__project=project)
        .select_related("study__patient", "rendering")
        .order_by("-created_at", "pk")
    )


def image_named(*, project: Project, study_uid: str = "", instance_uid: str = "") -> Image | None:
    """The newest image of the project with that original UID, found by its keyed stand-in.

    None also where images of several patients bear the UID: it then says nothing of whose image is meant.
    """
    key = settings.PSEUDONYM_KEY.encode()
    named = images_in(project)
    if study_uid:
        named = named.filter(study__uid=dicom.remapped_uid(study_uid, key=key))
    if instance_uid:
        named = named.filter(instance_uid=dicom.remapped_uid(instance_uid, key=key))
    found = list(named) if study_uid or instance_uid else []
    return found[0] if len({image.patient.pk for image in found}) == 1 else None


def image_visible(user: User, image: UUID) -> Image | None:
    """The image, if it stands in a project the user is a member of."""
    found = Image.objects.filter(
        pk=image, enrolments__project__memberships__user=user, enrolments__project__memberships__user__is_active=True
    )
    return found.select_related("study__patient", "rendering").distinct().first()


def image_shown(rendering: Rendering) -> NDArray[np.uint8]:
    """The half level as it is first displayed, window and polarity applied: (rows, columns) or (rows, columns, 3)."""
    import numpy as np

    from overread.archive.dicom import Window, presentation, unpack

    numbers = unpack(blobs.get(rendering.half), rendering.half_rows, rendering.half_columns, rendering.channels)
    if not rendering.windows:
        return np.asarray(numbers, np.uint8)
    values = numbers * rendering.slope + rendering.intercept
    grey = presentation(values, Window(**rendering.windows[0]), inverted=rendering.inverted)
    return np.asarray(np.rint(grey * 255), np.uint8)


def image_input(rendering: Rendering) -> NDArray[np.float32]:
    """What a classifier gets: (rows, columns) or (rows, columns, 3) float32 in 0..1, dense white."""
    import numpy as np

    from overread.archive.dicom import model_input, unpack

    numbers = unpack(blobs.get(rendering.full), rendering.rows, rendering.columns, rendering.channels)
    if rendering.bits <= 8:
        numbers = numbers.astype(np.uint8)
    return model_input(numbers, inverted=rendering.inverted != (rendering.slope < 0))
