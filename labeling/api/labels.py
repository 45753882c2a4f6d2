"""What the project holds to be true, and what it chose to have read."""

from __future__ import annotations

from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import ReferenceLabel, Selection
from labeling.queries.sight import answers_withheld
from overread.jobs.api import JobSerializer
from overread.jobs.services import job_enqueue_once
from overread.projects.api import ProjectView


class LabelSerializer(serializers.ModelSerializer[ReferenceLabel]):
    finding = serializers.CharField(source="finding.slug")
    value = serializers.FloatField(
        allow_null=True, help_text="0, 0.5 or 1; an option's index; a number. Null: disputed or not assessable."
    )

    class Meta:
        model = ReferenceLabel
        fields = [
            "image",
            "finding",
            "value",
            "exposure",
            "origin",
            "method",
            "agreement",
            "readers",
            "disputed",
            "independent",
            "updated_at",
        ]


class LabelFilter(filters.FilterSet):  # type: ignore[misc]
    finding = filters.CharFilter(field_name="finding__slug")
    image = filters.UUIDFilter(field_name="image_id")

    class Meta:
        model = ReferenceLabel
        fields = ["exposure", "origin"]


class Labels(ProjectView):
    permission = "labeling.view"
    queryset = ReferenceLabel.objects.none()
    filterset_class = LabelFilter
    ordering = ("-updated_at", "pk")

    @extend_schema("label_list", responses=LabelSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The reference labels of a project, the newest first.

        Who reads gets none of an image that waits to be read blind before they have read it.
        """
        rows = ReferenceLabel.objects.filter(project=self.project).select_related("finding")
        rows = rows.exclude(image__in=answers_withheld(user=self.user, project=self.project))
        return self.paged(rows, LabelSerializer)


class SelectionSerializer(serializers.ModelSerializer[Selection]):
    model = serializers.IntegerField(source="pipeline.number", default=None, allow_null=True)
    shares = serializers.DictField(child=serializers.FloatField())

    class Meta:
        model = Selection
        fields = ["id", "strategy", "seed", "model", "candidates", "shares", "created_at"]


class Selections(ProjectView):
    permission = "labeling.select"
    queryset = Selection.objects.none()

    @extend_schema("selection_list", responses=SelectionSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The batches that were queued, newest first."""
        rows = Selection.objects.filter(project=self.project).select_related("pipeline")
        return self.paged(rows, SelectionSerializer)

    @extend_schema("selection_request", request=None, responses={202: JobSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Have the queue filled by a job, or by the one that waits already."""
        job = job_enqueue_once(kind="labeling.fill", project=self.project.pk, of=self.project.pk)
        return self.show(job, JobSerializer, 202)
