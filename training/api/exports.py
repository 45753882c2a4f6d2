"""REST: asking for an export, following it, downloading it."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from overread.api import Problem
from overread.api.bodies import Shape
from overread.projects.api import ProjectView
from training.exports.download import export_response
from training.models import Export
from training.services.exports import export_request


class ExportRequestSerializer(Shape):
    kind = serializers.CharField(max_length=10, help_text="labels, reads, scores or regions.")
    format = serializers.CharField(max_length=10, help_text="csv, parquet, jsonl; coco, yolo, folders.")
    filters = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=200), max_length=100),
        required=False,
        help_text="Filter → values, as in the data room: case, status, view, sex, labels, set; finding, exposure, "
        "origin; model.",
    )


class ExportSerializer(serializers.ModelSerializer[Export]):
    asked_by = serializers.CharField()
    filters = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    state = serializers.CharField(help_text="queued, writing, ready, failed or expired.")

    class Meta:
        model = Export
        fields = [
            "id",
            "kind",
            "format",
            "filters",
            "state",
            "rows",
            "bytes",
            "sha256",
            "reason",
            "asked_by",
            "created_at",
            "finished_at",
        ]


class ExportView(ProjectView):
    permission = "training.export"
    queryset = Export.objects.none()

    def exports(self) -> QuerySet[Export]:
        return Export.objects.filter(project=self.project).select_related("asked_by", "project")

    def export(self, pk: UUID) -> Export:
        return get_object_or_404(self.exports(), pk=pk)


class Exports(ExportView):
    @extend_schema("export_list", responses=ExportSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The exports of a project, newest first."""
        return self.paged(self.exports(), ExportSerializer)

    @extend_schema("export_request", request=ExportRequestSerializer, responses={202: ExportSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Ask for a file of labels, reads, scores or regions; it is written by a job."""
        body = self.body(ExportRequestSerializer)
        try:
            export = export_request(
                project=self.project,
                asked_by=self.user,
                kind=body["kind"],
                format=body["format"],
                filters=body.get("filters", {}),
            )
        except ValueError as refusal:
            raise Problem("This is not exported.", str(refusal)) from refusal
        return self.show(export, ExportSerializer, 202)


class ExportDetail(ExportView):
    @extend_schema("export_get", responses=ExportSerializer)
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """One export: how far it is, and its size and hash once it is ready."""
        return self.show(self.export(pk), ExportSerializer)


class ExportFile(ExportView):
    @extend_schema("export_file", responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, slug: str, pk: UUID) -> HttpResponseBase:
        """The file of an export that is ready.

        It answers ranges (206, 416), with an ETag for If-Range, so that a download that was cut off goes on.
        """
        return export_response(request._request, self.export(pk), self.user)
