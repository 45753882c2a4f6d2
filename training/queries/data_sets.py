"""Queries about data sets: what was imported, and what is being prepared."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, Q, QuerySet

from overread.projects.models import Project
from training.models import DatasetDraft, DatasetImport, DatasetRow


def imports_of(project: Project) -> QuerySet[DatasetImport]:
    """Imports, newest first, each with the images it has as `taken` and those that were refused as `refused`."""
    imports = DatasetImport.objects.filter(project=project).select_related("labels__withdrawal", "imported_by")
    counted = imports.annotate(
        taken=Count("entries", filter=Q(entries__reason="")), refused=Count("entries", filter=~Q(entries__reason=""))
    )
    return counted.order_by("-created_at", "pk")


def import_named(project: Project, pk: UUID) -> DatasetImport | None:
    """One import of a project, as `imports_of` gives it."""
    return imports_of(project).filter(pk=pk).first()


def rows_refused(dataset: DatasetImport) -> QuerySet[DatasetRow]:
    """The rows of an import that were refused, in the order of the data set."""
    return dataset.entries.exclude(reason="").order_by("number")


def drafts_of(project: Project) -> QuerySet[DatasetDraft]:
    """Imports that somebody prepares and that are not over, newest first."""
    drafts = DatasetDraft.objects.filter(project=project).exclude(state=DatasetDraft.State.DONE)
    return drafts.select_related("created_by").order_by("-created_at")


def draft_named(project: Project, pk: UUID) -> DatasetDraft | None:
    """One import that is prepared in a project, or was."""
    drafts = DatasetDraft.objects.filter(project=project)
    return drafts.select_related("project", "created_by", "dataset").filter(pk=pk).first()
