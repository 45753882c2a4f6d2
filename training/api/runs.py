"""REST: requesting a run, following it, cancelling it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from overread.api import Problem
from overread.api.bodies import Shape
from overread.projects.api import ProjectView
from training.models import Epoch, Run
from training.services import NothingToLearn, RunActive, run_cancel, run_request


class RecipeSerializer(Shape):
    """Fields of the recipe that differ from the project's. Weights are never named by a path."""

    architecture = serializers.CharField(required=False, max_length=120)
    size = serializers.IntegerField(required=False)
    channels = serializers.IntegerField(required=False)
    fit = serializers.CharField(required=False, max_length=20)
    epochs = serializers.IntegerField(required=False)
    batch = serializers.IntegerField(required=False)
    learning_rate = serializers.FloatField(required=False)
    weight_decay = serializers.FloatField(required=False)
    schedule = serializers.CharField(required=False, max_length=20)
    loss = serializers.CharField(required=False, max_length=20)
    dropout = serializers.FloatField(required=False)
    augmentation = serializers.CharField(required=False, max_length=20)
    seed = serializers.IntegerField(required=False)
    patience = serializers.IntegerField(required=False)
    time_limit_s = serializers.FloatField(required=False)
    sensitivity = serializers.FloatField(required=False)
    specificity = serializers.FloatField(required=False)
    miss_cost = serializers.FloatField(required=False)
    prevalence = serializers.FloatField(required=False)
    coverage = serializers.FloatField(required=False)
    threads = serializers.IntegerField(required=False)
    initial = serializers.RegexField(r"^(starter|bundle|published:[\w.-]{1,80})?$", required=False, allow_blank=True)
    initial_sha256 = serializers.RegexField(r"^([0-9a-f]{64})?$", required=False, allow_blank=True)


class EpochSerializer(serializers.ModelSerializer[Epoch]):
    class Meta:
        model = Epoch
        fields = ["number", "train_loss", "validation_loss", "validation_auroc", "seconds"]


class RunSerializer(serializers.ModelSerializer[Run]):
    snapshot = serializers.IntegerField(source="snapshot.number")
    requested_by = serializers.CharField(allow_null=True)
    model = serializers.IntegerField(source="pipeline.number", default=None, allow_null=True)
    recipe = serializers.DictField()
    progress = serializers.DictField()

    class Meta:
        model = Run
        fields = [
            "number",
            "state",
            "trigger",
            "why",
            "requested_by",
            "snapshot",
            "recipe",
            "progress",
            "error",
            "model",
            "created_at",
            "started_at",
            "finished_at",
        ]


class RunDetailSerializer(RunSerializer):
    state = serializers.CharField(help_text="As in the list.")
    epochs = EpochSerializer(many=True)

    class Meta(RunSerializer.Meta):
        fields = [*RunSerializer.Meta.fields, "epochs"]


class RunView(ProjectView):
    permission = "training.view"
    queryset = Run.objects.none()

    def runs(self) -> QuerySet[Run]:
        return Run.objects.filter(project=self.project).select_related("snapshot", "pipeline", "requested_by")

    def run(self, number: int) -> Run:
        return get_object_or_404(self.runs().prefetch_related("epochs"), number=number)


class Runs(RunView):
    permission_to_write = "training.run"
    ordering = ("-number",)
    filterset_fields = ["state", "trigger"]

    @extend_schema("run_list", responses=RunSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """The runs of a project, newest first."""
        return self.paged(self.runs(), RunSerializer)

    @extend_schema("run_request", request=RecipeSerializer, responses={201: RunDetailSerializer})
    def post(self, request: Request, slug: str) -> Response:
        """Freeze the labels and queue a run on them. 409 while another is under way, 422 with nothing to learn from."""
        run = self._request(self.body(RecipeSerializer))
        return self.show(self.run(run.number), RunDetailSerializer, 201)

    def _request(self, overrides: dict[str, Any]) -> Run:
        try:
            return run_request(project=self.project, trigger="rest", requested_by=self.user, **overrides)
        except RunActive as active:
            raise Problem("A run is under way.", str(active), status=409, run=active.run.number) from active
        except NothingToLearn as nothing:
            raise Problem("Nothing to learn from yet.", str(nothing)) from nothing
        except ValueError as wrong:
            raise Problem("The recipe does not fit.", str(wrong)) from wrong


class RunDetail(RunView):
    @extend_schema("run_get", responses=RunDetailSerializer)
    def get(self, request: Request, slug: str, number: int) -> Response:
        """One run, with its epochs so far."""
        return self.show(self.run(number), RunDetailSerializer)


class RunCancel(RunView):
    permission = "training.run"

    @extend_schema("run_cancel", request=None, responses=RunDetailSerializer)
    def post(self, request: Request, slug: str, number: int) -> Response:
        """Stop a run. Stopping it again changes nothing; one that has ended is 409."""
        stopped = run_cancel(run=self.run(number), actor=self.user)
        # Read again: a second click finds the run cancelled by the first, which is no error.
        if not stopped and self.run(number).state != Run.State.CANCELLED:
            raise Problem("Not cancelled.", "This run has ended already.", status=409)
        return self.show(self.run(number), RunDetailSerializer)
