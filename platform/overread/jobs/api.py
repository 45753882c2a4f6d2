"""The job table, for operators."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response

from overread.api import Problem
from overread.api.views import View
from overread.jobs.models import Job
from overread.jobs.queries import jobs_newest
from overread.jobs.services import job_cancel, job_retry


class JobSerializer(serializers.ModelSerializer[Job]):
    progress = serializers.DictField()

    class Meta:
        model = Job
        fields = [
            "id",
            "kind",
            "queue",
            "state",
            "project_id",
            "attempts",
            "attempts_max",
            "progress",
            "error",
            "worker",
            "run_after",
            "created_at",
            "started_at",
            "finished_at",
        ]


class JobsView(View):
    permission_classes = [IsAdminUser]
    queryset = Job.objects.none()

    def job(self, pk: UUID) -> Job:
        return get_object_or_404(Job, pk=pk)


class Jobs(JobsView):
    filterset_fields = ["state", "kind", "queue"]

    @extend_schema("job_list", responses=JobSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Every job of the deployment, newest first."""
        return self.paged(jobs_newest(), JobSerializer)


class JobRetry(JobsView):
    @extend_schema("job_retry", request=None, responses=JobSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Give a dead or cancelled job its attempts back."""
        if not job_retry(job=self.job(pk), actor=self.user):
            raise Problem("Not tried again.", "Only a dead or a cancelled job can be tried again.", status=409)
        return self.show(self.job(pk), JobSerializer)


class JobCancel(JobsView):
    @extend_schema("job_cancel", request=None, responses=JobSerializer)
    def post(self, request: Request, pk: UUID) -> Response:
        """Cancel a job that waits or runs."""
        if not job_cancel(job=self.job(pk), actor=self.user):
            raise Problem("Not cancelled.", "This job is over already.", status=409)
        return self.show(self.job(pk), JobSerializer)
