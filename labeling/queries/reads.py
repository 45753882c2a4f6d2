"""A reader's standing reads."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from labeling.models import Assignment, Purpose, Read
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project


def own_read(*, assignment: Assignment, reader: User) -> Read | None:
    """The reader's standing read, for showing with their case. A repeat shows only what they have answered this time."""
    reads = Read.objects.filter(project=assignment.project, image=assignment.image, reader=reader)
    if assignment.purpose == Purpose.REPEAT:
        reads = reads.filter(assignment=assignment)
    return _newest(reads)


def newest_read(*, project: Project, image: Image, reader: User) -> Read | None:
    """The reader's last unsuperseded read of an image."""
    return _newest(Read.objects.filter(project=project, image=image, reader=reader))


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


def _newest(reads: QuerySet[Read]) -> Read | None:
    return (
        reads.filter(superseded_by=None)
        .prefetch_related("answers__finding", "regions__finding", "measurements")
        .order_by("-created_at")
        .first()
    )
