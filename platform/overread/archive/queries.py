"""Reads of the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet

from overread.accounts.models import User
from overread.archive import blobs
from overread.archive.models import FrameRendering, Image, Rendering
from overread.projects.models import Project

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


LEVELS = ("full", "half", "thumb")


def images_in(project: Project) -> QuerySet[Image]:
    """Images of a project with patient and rendering, newest first."""
    return (
        Image.objects.filter(enrolments__project=project)
        .select_related("study__patient", "rendering")
        .order_by("-created_at", "pk")
    )


def image_visible(user: User, image: UUID) -> Image | None:
    """The image, if it stands in a project the user is a member of."""
    found = Image.objects.filter(
        pk=image, enrolments__project__memberships__user=user, enrolments__project__memberships__user__is_active=True
    )
    return found.select_related("study__patient", "rendering").distinct().first()


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
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else -1


def image_input(rendering: Rendering) -> NDArray[np.float32]:
    """What a classifier gets: (rows, columns) or (rows, columns, 3) float32 in 0..1, dense white."""
    import numpy as np

    from overread.archive.dicom import model_input, unpack

    numbers = unpack(blobs.get(rendering.full), rendering.rows, rendering.columns, rendering.channels)
    if rendering.bits <= 8:
        numbers = numbers.astype(np.uint8)
    return model_input(numbers, inverted=rendering.inverted != (rendering.slope < 0))
