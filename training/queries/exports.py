"""Queries about exports."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from overread.projects.models import Project
from training.models import Export


def exports_of(project: Project) -> QuerySet[Export]:
    """The exports of a project, newest first."""
    return Export.objects.filter(project=project).select_related("asked_by", "project").order_by("-created_at")


def export_named(project: Project, pk: UUID) -> Export | None:
    """One export of a project."""
    return exports_of(project).filter(pk=pk).first()
