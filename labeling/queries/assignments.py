"""Cases by their key, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from labeling.models import Assignment, Holding
from overread.accounts.models import User
from overread.projects.models import Project


def assignment_given(*, project: Project, reader: User, pk: UUID) -> Assignment | None:
    """A case that was given to this reader at some time, with what its page shows of it."""
    cases = Assignment.objects.select_related("project", "image__study__patient", "image__rendering", "reader")
    found = cases.filter(project=project, pk=pk).first()
    if found is None or not Holding.objects.filter(assignment=found, reader=reader).exists():
        return None
    return found


def assignment_in(*, project: Project, pk: UUID) -> Assignment | None:
    """A case of the project, whoever has it."""
    return Assignment.objects.select_related("project", "image__study__patient").filter(project=project, pk=pk).first()


def assignments_of(*, project: Project, reader: User, pks: Sequence[UUID]) -> QuerySet[Assignment]:
    """Those of these cases that are this reader's now, or were last."""
    return Assignment.objects.filter(project=project, reader=reader, pk__in=pks)
