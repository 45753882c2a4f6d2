"""Which pipelines are or were in use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from inference.models import Champion, Pipeline, Promotion
from overread.projects.models import Project
from overread.rows import Select

# Composed once, since every case that is prepared asks for it.
IN_USE = Select(
    Pipeline,
    Project,
    rest="""
        FROM inference_champion
        JOIN inference_pipeline ON inference_pipeline.id = inference_champion.pipeline_id
        JOIN projects_project ON projects_project.id = inference_pipeline.project_id
        WHERE inference_champion.project_id = %s
    """,
)


def champion_of(project: Project) -> Pipeline | None:
    """The pipeline in use. None before the first promotion."""
    for pipeline, its_project in IN_USE.rows(project.pk):
        pipeline.project = its_project
        found: Pipeline = pipeline
        return found
    return None


def champion_record(project: Project) -> Champion | None:
    """Which pipeline is in use, and since when. None before the first promotion."""
    return Champion.objects.select_related("pipeline").filter(project=project).first()


def former_champions(project: Project) -> QuerySet[Pipeline]:
    """Pipelines that were in use before and are not now, newest first."""
    used = Pipeline.objects.filter(project=project, promotions__isnull=False)
    now = Champion.objects.filter(project=project).values("pipeline")
    return used.exclude(pk__in=now).distinct().order_by("-number")


def promotions_newest(project: Project) -> QuerySet[Promotion]:
    """The record of what was put in use, by whom, newest first."""
    promotions = Promotion.objects.filter(project=project).select_related("pipeline", "previous", "signed_by")
    return promotions.order_by("-at")


@dataclass(frozen=True)
class Released:
    """A pipeline that is in use or was. `since`: when it last came into use."""

    pipeline: Pipeline
    since: datetime
    in_use: bool


def released(project: Project) -> list[Released]:
    """Every pipeline that was ever promoted: the champion first, then the others, last used first."""
    champion = champion_of(project)
    used = Pipeline.objects.filter(project=project, promotions__isnull=False).select_related("project")
    found = used.annotate(since=Max("promotions__at")).order_by("-since", "-number")
    models = [Released(pipeline, pipeline.since, pipeline == champion) for pipeline in found]
    return sorted(models, key=lambda model: not model.in_use)
