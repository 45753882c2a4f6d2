"""The batches that were drawn, and reports on whether selection has been worth it."""

from __future__ import annotations

from labeling.models import Selection, StrategyFailure, WorthReport
from overread.projects.models import Project


def newest_batch(project: Project) -> Selection | None:
    return Selection.objects.filter(project=project).order_by("-created_at").first()


def typical_minutes(project: Project) -> float | None:
    """Expected active reading time of any case, in minutes. It depends on no model, so a reader may see it before a blind read."""
    timed = Selection.objects.filter(project=project, typical_minutes__isnull=False).order_by("-created_at")
    return timed.values_list("typical_minutes", flat=True).first()


def strategy_failure(project: Project) -> StrategyFailure | None:
    """Why the strategy in force fails; None if it works."""
    return StrategyFailure.objects.filter(project=project, strategy=project.strategy).first()


def worth_newest(project: Project) -> WorthReport | None:
    return WorthReport.objects.filter(project=project).order_by("-created_at").first()
