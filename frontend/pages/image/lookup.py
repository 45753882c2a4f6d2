"""The image that an address names."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from overread.archive.models import Image
from overread.archive.queries import images_in
from overread.projects.models import Project


def image_for(project: Project, pk: UUID) -> Image:
    """The image. Raises Http404 if it is not in this project."""
    image = images_in(project).filter(pk=pk).first()
    if image is None:
        raise Http404("No such image.")
    return image
