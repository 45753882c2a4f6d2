"""Pipelines: which stages stand in a row. A changed row is a new pipeline, which meets the gate as any other."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from inference.models import ModelVersion, Pipeline, PipelineStage, Stage
from overread.accounts.models import User
from overread.audit.services import event_append
from overread.projects.models import Project

ORDER = {stage: place for place, stage in enumerate(Stage.values)}


class StagesWrong(ValueError):
    """These stages make no pipeline. The text says why, for a person."""


@transaction.atomic
def pipeline_compose(*, project: Project, stages: Sequence[ModelVersion], actor: User | None = None) -> Pipeline:
    """The pipeline of these stages, in the order of `Stage`. The same stages are the same pipeline, made once.

    Raises StagesWrong without a classifier, with two stages of a kind, and for a stage of another project.
    """
    # Locked, so that two requests at once neither take the same number nor make the same pipeline twice.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    ordered = sorted(stages, key=lambda version: ORDER[version.stage])
    _check(project, ordered)
    if found := _same(project, ordered):
        return found
    return pipeline_make(project=project, stages=ordered, actor=actor)


def pipeline_make(*, project: Project, stages: Sequence[ModelVersion], actor: User | None) -> Pipeline:
    """A new pipeline of stages that were checked. To be called while the project is locked."""
    pk = uuid.uuid4()
    space = stages[-1].backbone
    # Another pipeline has that classifier already. Other stages may cut images otherwise, or leave some out, so that each
    # has embeddings of its own.
    if Pipeline.objects.filter(space=space).exists():
        space = pk.hex
    last = Pipeline.objects.filter(project=project).aggregate(n=Max("number"))["n"]
    pipeline = Pipeline.objects.create(id=pk, project=project, number=(last or 0) + 1, space=space)
    rows = [PipelineStage(pipeline=pipeline, order=order, version=version) for order, version in enumerate(stages)]
    PipelineStage.objects.bulk_create(rows)
    named = {version.stage: version.number for version in stages}
    event_append(
        verb="model.compose", actor=actor, target=pipeline, project=project.pk, number=pipeline.number, stages=named
    )
    return pipeline


def _check(project: Project, ordered: Sequence[ModelVersion]) -> None:
    kinds = [version.stage for version in ordered]
    if not kinds or kinds[-1] != Stage.CLASSIFIER:
        raise StagesWrong("A pipeline ends with a classifier.")
    if len(set(kinds)) < len(kinds):
        raise StagesWrong("A pipeline has one stage of a kind.")
    if any(version.project_id != project.pk for version in ordered):
        raise StagesWrong("A stage belongs to another project.")


def _same(project: Project, ordered: Sequence[ModelVersion]) -> Pipeline | None:
    """The pipeline that has exactly these stages."""
    wanted = [version.pk for version in ordered]
    candidates = Pipeline.objects.filter(project=project, stages=ordered[-1]).order_by("number")
    for pipeline in candidates:
        if [version.pk for version in pipeline.versions] == wanted:
            return pipeline
    return None
