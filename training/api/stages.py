"""REST: the stages of a project's pipelines, making one, and pipelines composed of them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inference.api import ModelDetailSerializer, StageVersionDetailSerializer
from inference.models import ModelVersion
from inference.queries import champion_of
from inference.queries.stages import NoSuchVersion, versions_named
from inference.services.pipelines import StagesWrong, pipeline_compose
from overread.api import Problem
from overread.api.bodies import Shape
from overread.jobs.api import JobSerializer
from overread.projects.api import ProjectView
from training.jobs import stage_request
from training.services import GateBusy, InUse, model_judge

MOST = 2**31 - 1  # of the database's whole numbers


class StageMakeSerializer(Shape):
    stage = serializers.RegexField("^(gate|view|lungs)$", help_text="gate, view or lungs.")


class ComposeSerializer(Shape):
    """The number of a version for each stage; a stage that is left out is off."""

    gate = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST)
    view = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST)
    lungs = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST)
    classifier = serializers.IntegerField(min_value=1, max_value=MOST)


class Stages(ProjectView):
    permission = "inference.view"
    permission_to_write = "training.run"
    queryset = ModelVersion.objects.none()
    filterset_fields = ["stage"]
    ordering = ("-created_at",)

    def stages(self) -> QuerySet[ModelVersion]:
        return ModelVersion.objects.filter(project=self.project)

    @extend_schema("stage_list", responses=StageVersionDetailSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The versions of the project's stages, newest first."""
        return self.paged(self.stages(), StageVersionDetailSerializer)

    @extend_schema("stage_make", request=StageMakeSerializer, responses={202: JobSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Have a stage made: a gate fitted to the project's images, a view or lungs stage taken from the product."""
        body = self.body(StageMakeSerializer)
        job = stage_request(project=self.project.pk, stage=body["stage"], requested_by=self.user)
        return self.show(job, JobSerializer, 202)


class PipelineCompose(ProjectView):
    permission = "training.run"
    queryset = ModelVersion.objects.none()

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "champion": champion_of(self.project)}

    @extend_schema("pipeline_compose", request=ComposeSerializer, responses={201: ModelDetailSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Make a model of these stages and put it before the gate. The same stages are the same model. 409 if they make none."""
        body = self.body(ComposeSerializer)
        numbers = {stage: number for stage, number in body.items() if number is not None}
        try:
            stages = versions_named(self.project, numbers)
            pipeline = pipeline_compose(project=self.project, stages=stages, actor=self.user)
            model_judge(pipeline=pipeline, requested_by=self.user)
        except (NoSuchVersion, StagesWrong, InUse, GateBusy) as refusal:
            raise Problem("No model is made of these stages.", str(refusal), status=409) from refusal
        return self.show(pipeline, ModelDetailSerializer, 201)
