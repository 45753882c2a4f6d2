"""Whether selection has been worth it."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.models import WorthReport
from labeling.services.worth import worth_ask
from overread.jobs.api import JobSerializer
from overread.projects.api import ProjectView


class WorthReportSerializer(serializers.ModelSerializer[WorthReport]):
    result = serializers.DictField(
        help_text="Both comparisons with their curves and intervals, and the stopping signal."
    )

    class Meta:
        model = WorthReport
        fields = [
            "id",
            "strategy",
            "verdict",
            "result",
            "labels",
            "inputs_sha256",
            "seed",
            "fell_back",
            "created_at",
        ]


class WorthReports(ProjectView):
    permission = "labeling.select"
    queryset = WorthReport.objects.none()

    @extend_schema("worth_list", responses=WorthReportSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The project's strategy beside random order, the newest report first."""
        return self.paged(WorthReport.objects.filter(project=self.project), WorthReportSerializer)

    @extend_schema("worth_request", request=None, responses={202: JobSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Make a report by a job, or by one that waits already."""
        return self.show(worth_ask(project=self.project, actor=self.user), JobSerializer, 202)
