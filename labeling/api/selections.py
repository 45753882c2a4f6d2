"""What the project chose to have read, and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from labeling.jobs import fill_request
from labeling.models import Assignment, Selection
from labeling.services.disclosure import reason_disclose
from overread.jobs.api import JobSerializer
from overread.projects.api import ProjectView


class SelectionSerializer(serializers.ModelSerializer[Selection]):
    model = serializers.IntegerField(source="pipeline.number", default=None, allow_null=True)
    shares = serializers.DictField(child=serializers.FloatField(), help_text="Each arm's planned share of the batch.")
    drawn = serializers.DictField(child=serializers.IntegerField(), help_text="How many cases each arm got.")

    class Meta:
        model = Selection
        fields = ["id", "strategy", "seed", "model", "candidates", "size", "shares", "drawn"]
        fields += ["minutes", "typical_minutes", "created_at"]


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
        """Fill the queue by a job, or by one that waits already."""
        return self.show(fill_request(project=self.project.pk), JobSerializer, 202)


class PickSerializer(serializers.ModelSerializer[Assignment]):
    assignment = serializers.UUIDField(source="id")
    arm = serializers.CharField(source="purpose", help_text="exploit, audit, relabel, gold or repeat.")
    strategy = serializers.CharField(help_text="The strategy that picked it; random for the audit.")
    seed = serializers.IntegerField(source="selection.seed", help_text="The selection's.")
    score = serializers.FloatField(
        allow_null=True, help_text="The strategy's value, the lowest first; the newest one while the case waits."
    )
    probability = serializers.FloatField(
        allow_null=True, help_text="How likely it was to be drawn into its arm; null if it was not drawn at random."
    )

    class Meta:
        model = Assignment
        fields = ["assignment", "image", "arm", "strategy", "seed", "score", "probability", "reason", "blind"]


class SelectionPicks(ProjectView):
    permission = "labeling.select"
    queryset = Assignment.objects.none()
    ordering = ("rank", "pk")

    @extend_schema("selection_picks", responses=PickSerializer(many=True))
    def get(self, request: Request, slug: str, pk: UUID) -> Response:
        """The cases of a batch in reading order, each with its reason, for users who do not read in the project.

        A reason that quotes the model is recorded as shown to you. One that cannot be recorded is left empty.
        """
        if self.user.has_perm("labeling.read", self.project):
            raise PermissionDenied("You read in this project: you see why a case is there once you have read it.")
        selection = get_object_or_404(Selection, project=self.project, pk=pk)
        rows = selection.assignments.select_related("selection", "project", "image__study__patient")
        return self.paged(rows, PickSerializer)

    def paginate_queryset(self, queryset: Any) -> list[Any] | None:
        """A page of cases. What their reasons quote is recorded as shown before they leave."""
        page: list[Any] | None = super().paginate_queryset(queryset)
        for case in page or ():
            if not reason_disclose(assignment=case, reader=self.user):
                case.reason = ""
        return page
