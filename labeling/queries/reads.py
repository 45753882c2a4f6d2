"""A reader's standing reads."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet, prefetch_related_objects

from labeling.models import Assignment, Purpose, Read
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project
from overread.rows import PreparedQuery

DRAWN = ("answers__finding", "regions__finding", "measurements")


def _of_image(project: Project, image: Image, reader: User) -> QuerySet[Read]:
    """The reader's standing reads of an image, the newest first."""
    reads = Read.objects.filter(project=project, image=image, reader=reader, superseded_by=None)
    return reads.order_by("-created_at")


# Composed once, since every case that is prepared asks for one of them.
OF_IMAGE = PreparedQuery(_of_image, Project, Image, User)
OF_CASE = PreparedQuery(
    lambda assignment, reader: Read.objects.filter(assignment=assignment, reader=reader, superseded_by=None).order_by(
        "-created_at"
    ),
    Assignment,
    User,
)


def own_read(*, assignment: Assignment, reader: User) -> Read | None:
    """The reader's standing read, for showing with their case. A repeat shows only what they have answered this time."""
    if assignment.purpose == Purpose.REPEAT:
        return _first(OF_CASE.objects(assignment, reader))
    return newest_read(project=assignment.project, image=assignment.image, reader=reader)


def newest_read(*, project: Project, image: Image, reader: User) -> Read | None:
    """The reader's last unsuperseded read of an image."""
    return _first(OF_IMAGE.objects(project, image, reader))


def blind_read(*, assignment: Assignment) -> Read | None:
    """The standing blind read of a case by its reader."""
    reads = Read.objects.filter(assignment=assignment, reader=assignment.reader, phase=Read.Phase.BLIND)
    return reads.filter(superseded_by=None).prefetch_related("answers__finding").first()


def read_of(*, project: Project, reader: User, pk: UUID) -> Read | None:
    """A read by this reader, with its case."""
    return Read.objects.filter(project=project, reader=reader, pk=pk).select_related("assignment").first()


def reads_standing(*, project: Project, reader: User) -> QuerySet[Read]:
    """A reader's unsuperseded reads with their images, newest first."""
    reads = Read.objects.filter(project=project, reader=reader, superseded_by=None)
    return reads.select_related("image__study__patient", "assignment").order_by("-created_at")


def _first(reads: Sequence[Read]) -> Read | None:
    prefetch_related_objects(reads[:1], *DRAWN)
    return next(iter(reads), None)
