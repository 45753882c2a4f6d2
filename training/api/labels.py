"""What the project holds to be true."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import ReferenceLabel
from labeling.queries.visibility import answers_withheld
from overread.projects.api import ProjectView
from training.models import DatasetRow


class LabelSerializer(serializers.ModelSerializer[ReferenceLabel]):
    finding = serializers.CharField(source="finding.slug")
    value = serializers.FloatField(
        allow_null=True, help_text="0, 0.5 or 1; an option's index; a number. Null: disputed or not assessable."
    )
    file = serializers.CharField(
        allow_null=True, help_text="The image's file, as the data set that it came with names it. Null: of no data set."
    )
    line = serializers.IntegerField(allow_null=True, help_text="The line of that data set's table, the header being 1.")

    class Meta:
        model = ReferenceLabel
        fields = [
            "id",
            "image",
            "file",
            "line",
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
    # By a key that never changes: a label that is derived anew meanwhile stays where it is, and one that is new comes last.
    ordering = ("pk",)

    @extend_schema("label_list", responses=LabelSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The reference labels of a project, each on one page, also while readers work.

        A reader gets no label of an image that waits to be read blind until they have read it.
        """
        return self.paged(self._labels(), LabelSerializer)

    def _labels(self) -> QuerySet[ReferenceLabel]:
        source = DatasetRow.objects.filter(dataset__project=self.project, image=OuterRef("image")).order_by("pk")
        rows = ReferenceLabel.objects.filter(project=self.project).select_related("finding")
        rows = rows.exclude(image__in=answers_withheld(user=self.user, project=self.project))
        return rows.annotate(file=Subquery(source.values("file")[:1]), line=Subquery(source.values("number")[:1]))
