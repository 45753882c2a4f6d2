"""REST: models and their predictions."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inference.models import ModelVersion, Pipeline, Prediction, Promotion, StageReport
from inference.queries import champion_of
from inference.services import exposure_record
from overread.projects.api import ProjectView


class ModelSerializer(serializers.ModelSerializer[Pipeline]):
    architecture = serializers.CharField(source="classifier.architecture")
    in_use = serializers.SerializerMethodField()

    class Meta:
        model = Pipeline
        fields = ["number", "name", "architecture", "in_use", "created_at"]

    def get_in_use(self, pipeline: Pipeline) -> bool:
        return bool(pipeline == self.context["champion"])


class PromotionSerializer(serializers.ModelSerializer[Promotion]):
    model = serializers.IntegerField(source="pipeline.number")
    previous = serializers.IntegerField(source="previous.number", default=None, allow_null=True)
    signed_by = serializers.CharField()

    class Meta:
        model = Promotion
        fields = ["id", "model", "previous", "rollback", "verdict_id", "signed_by", "reason", "at"]


class StageVersionSerializer(serializers.ModelSerializer[ModelVersion]):
    """One version of a stage. A classifier's `card` is that of its model."""

    class Meta:
        model = ModelVersion
        fields = ["stage", "number", "architecture", "created_at"]


class StageVersionDetailSerializer(StageVersionSerializer):
    card = serializers.DictField()

    class Meta(StageVersionSerializer.Meta):
        fields = [*StageVersionSerializer.Meta.fields, "card"]


class StageReportSerializer(serializers.Serializer[Any]):
    """What one stage before the classifier said of an image."""

    number = serializers.IntegerField(help_text="The version of the stage.")
    verdict = serializers.ChoiceField(StageReport.Verdict.choices)
    reasons = serializers.ListField(child=serializers.DictField(), help_text="[{code, figures…}]")
    facts = serializers.DictField(help_text="A view, a box and outlines in the image's pixels, distances.")


class ModelDetailSerializer(ModelSerializer):
    card = serializers.DictField(source="classifier.card")
    stages = StageVersionSerializer(source="versions", many=True)
    promotions = PromotionSerializer(many=True)

    class Meta(ModelSerializer.Meta):
        fields = [*ModelSerializer.Meta.fields, "stages", "card", "promotions"]


class OutputSerializer(serializers.Serializer[Any]):
    """What a model says of one finding: calibrated probabilities, or a measured value."""

    kind = serializers.CharField()
    probability = serializers.FloatField(required=False)
    threshold = serializers.FloatField(required=False)
    above = serializers.BooleanField(required=False, help_text="At or above the threshold.")
    set = serializers.CharField(
        required=False,
        help_text="present, absent or both: the answers that hold the truth with `coverage`. Both: it abstains.",
    )
    option = serializers.CharField(required=False, help_text="The most probable one.")
    probabilities = serializers.DictField(child=serializers.FloatField(), required=False)
    value = serializers.FloatField(required=False)
    unit = serializers.CharField(required=False)
    low = serializers.FloatField(required=False, help_text="The truth lies from here …")
    high = serializers.FloatField(required=False, help_text="… to here with a probability of `coverage`.")
    coverage = serializers.FloatField(required=False, help_text="Of the interval, or of the set.")


class PredictionSerializer(serializers.ModelSerializer[Prediction]):
    model = serializers.IntegerField(source="pipeline.number")
    outputs = serializers.DictField(child=OutputSerializer(), help_text="Finding → what is said of it.")
    stages = serializers.DictField(child=StageReportSerializer(), help_text="Stage → what it said.")

    class Meta:
        model = Prediction
        fields = ["id", "image", "model", "outputs", "stages", "created_at"]


class ModelView(ProjectView):
    permission = "inference.view"
    queryset = Pipeline.objects.none()

    def models(self) -> QuerySet[Pipeline]:
        return Pipeline.objects.filter(project=self.project)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "champion": champion_of(self.project)}


class Models(ModelView):
    ordering = ("-number",)

    @extend_schema("model_list", responses=ModelSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The models of a project, newest first."""
        return self.paged(self.models(), ModelSerializer)


class ModelDetail(ModelView):
    @extend_schema("model_get", responses=ModelDetailSerializer)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """One model: its card, and when it was in use."""
        return self.show(get_object_or_404(self.models(), number=number), ModelDetailSerializer)


class PredictionFilter(filters.FilterSet):  # type: ignore[misc]
    image = filters.UUIDFilter(field_name="image_id")
    model = filters.NumberFilter(field_name="pipeline__number")


class Predictions(ProjectView):
    permission = "training.view"
    queryset = Prediction.objects.none()
    filterset_class = PredictionFilter

    @extend_schema("prediction_list", responses=PredictionSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """What was predicted and shown or evaluated, for those who do not read in the project."""
        if self.user.has_perm("labeling.read", self.project):
            raise PermissionDenied("You read in this project: see predictions case by case, after your first read.")
        rows = Prediction.objects.filter(pipeline__project=self.project).select_related("pipeline")
        page = self.paginate_queryset(self.filter_queryset(rows)) or []
        # Recorded before the answer leaves: what was sent and not recorded would count as never seen.
        for prediction in page:
            exposure_record(prediction=prediction, user=self.user)
        return self.get_paginated_response(PredictionSerializer(page, many=True).data)
